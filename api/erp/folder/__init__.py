"""A distributor with no system that we can call: files in a folder, orders in files."""
