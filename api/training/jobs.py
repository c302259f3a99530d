"""The jobs of the training loop."""
