"""The distributor's accounting systems seen from here: what is read of them and when, and what waits for a person."""
