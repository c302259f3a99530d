"""The HTTP service «bot» of the demo base: the other side of docs/onec-http-service/openapi.yaml."""
