"""Couriers: a short message to a number or an e-mail address, outside of any chat."""
