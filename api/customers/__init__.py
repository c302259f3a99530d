"""Customers: companies, outlets, people, debts, and how a visitor becomes one of them."""
