"""The project's own benchmark: orders, names and intents, with peers beside the assistant (`./run eval`)."""
