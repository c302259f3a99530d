"""What the language of a food order says, without any catalogue."""
