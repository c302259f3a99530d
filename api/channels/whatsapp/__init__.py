"""WhatsApp Cloud API, from Meta itself or through 360dialog."""
