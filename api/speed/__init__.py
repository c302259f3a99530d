"""Speed and memory of reading and matching on invented catalogues, with peers beside them (`./run bench`)."""
