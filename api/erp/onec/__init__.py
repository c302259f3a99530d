"""1C:Enterprise over its standard OData interface (version 3)."""
