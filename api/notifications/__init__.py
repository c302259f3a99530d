"""Messages that nobody asked for just now: what became of an order."""
