"""Makes the demo company's data from the tables of data/seed: same tables and day, same data."""
