"""What a customer's words mean on this catalogue, with this history, on this cart. Pure: no database, no network."""
