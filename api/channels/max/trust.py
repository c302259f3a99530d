"""Whose certificates the connections to MAX believe.

The API's chain ends in the root of the Минцифры, which ordinary trust stores do not hold. It is added to them for these
connections only; verification stays on (dev.max.ru/docs-api/changelog-api).
"""

import ssl
from importlib.util import find_spec
from pathlib import Path

import httpx


def carried() -> Path:
    """The certificates of the Минцифры (root and intermediate) as maxapi ships them; the library is not imported."""
    spec = find_spec("maxapi")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("maxapi is not installed: set MAX_CA_FILE")
    return Path(spec.origin).parent / "client" / "russiantrustedca.pem"


def context(ca_file: str) -> ssl.SSLContext:
    """The ordinary roots and those of the file (PEM); raises ValueError that names a file without certificates."""
    file = Path(ca_file) if ca_file else carried()
    trusted = httpx.create_ssl_context(trust_env=False)
    try:
        trusted.load_verify_locations(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"MAX_CA_FILE: {file} holds no PEM certificates ({error})") from error
    return trusted
