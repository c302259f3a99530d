"""Sets the product up, starts it, checks it and tests it: what `./run` hands over to."""
