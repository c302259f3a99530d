"""МойСклад over its JSON API 1.2; docs/connect-moysklad.md tells a distributor what to switch on."""
