"""A 1C that answers real HTTP: the default backend of a fresh install and the target of the adapter's tests."""
