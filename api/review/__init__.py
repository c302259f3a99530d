"""What was not understood, and what people decided that it means."""
