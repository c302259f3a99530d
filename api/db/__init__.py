"""The database: sessions by role, models by table, migrations."""
