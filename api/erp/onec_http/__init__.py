"""1C through the HTTP service of our extension: docs/onec-http-service is the contract and the other side."""
