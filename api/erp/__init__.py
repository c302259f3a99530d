"""Accounting systems behind one port. A folder per system; registry.py names them."""
