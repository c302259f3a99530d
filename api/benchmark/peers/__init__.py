"""What a distributor would otherwise put together in a week, on the same messages and with the same scorer."""
