"""The figures: how it goes with the assistant, and what it brings. Definitions: docs/figures.md."""
