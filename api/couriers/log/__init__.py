"""The courier of a developer's machine: the letter stands in the log."""
