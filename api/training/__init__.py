"""The training loop: examples in files, training, the gate, shadow, publishing, what to label next."""
