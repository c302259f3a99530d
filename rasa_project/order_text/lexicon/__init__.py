"""Tables of words only: numerals, units, verbs, fillers. The algorithms are in the modules above."""
