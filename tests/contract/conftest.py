"""The api's description can be made without a database; its settings want their secrets all the same."""

import os

os.environ.setdefault("SECRET_KEY", "secret-of-the-tests-only")
os.environ.setdefault("RASA_GATEWAY_SECRET", "gateway-secret-of-the-tests")
