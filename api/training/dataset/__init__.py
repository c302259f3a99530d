"""The training data as files: reviewed examples, their checks, what comes in and goes out."""
