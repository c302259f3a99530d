"""Files that customers send as lists, read safely into sheets of cells."""
