"""What the assistant did not understand, for people to look at."""
