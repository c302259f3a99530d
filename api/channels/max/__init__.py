"""MAX: webhooks or long polling, inline keyboards, numbers that the messenger vouches for."""
