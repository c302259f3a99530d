"""The web chat: our own widget, our own protocol."""
