"""Channels behind one port. A folder per channel; registry.py names them."""
