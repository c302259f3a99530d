"""Goods: what there is, what it costs this customer, how much of it is left."""
