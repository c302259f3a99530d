"""What every slice leans on: who asks, in which transaction, with which accounting system."""
