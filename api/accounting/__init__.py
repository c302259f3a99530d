"""Accounting systems as a whole: what is read of them when, what they tell us, the administrator's command."""
