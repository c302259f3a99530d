"""The distributor's nouns and arithmetic: pure, no framework, no database, no network."""
