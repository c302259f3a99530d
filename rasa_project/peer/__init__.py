"""A plain Rasa pipeline with DIET entities, for comparison: what `./run eval` sets beside the product's own reading."""
