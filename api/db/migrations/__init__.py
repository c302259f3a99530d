"""Alembic's folder. Run by `python -m api.db.migrate`."""
