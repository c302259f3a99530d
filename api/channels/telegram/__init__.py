"""Telegram, over aiogram: its types read the updates, its Bot sends."""
