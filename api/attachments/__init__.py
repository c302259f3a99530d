"""Files that customers attach to messages, as lists of goods."""
