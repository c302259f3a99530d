"""Carts and orders: from the first line to the document in the accounting system."""
