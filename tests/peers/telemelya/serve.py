"""telemelya with its Redis and S3 (fakeredis, moto) in one process: `python serve.py PORT KEY`. Runs until killed.

Started by tests/api/channels/telegram/test_telemelya.py with this folder's own environment.
"""

import os
import socket
import sys
from threading import Thread

from fakeredis import TcpFakeServer
from moto.server import ThreadedMotoServer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(port: str, key: str) -> None:
    redis_port = free_port()
    redis = TcpFakeServer(("127.0.0.1", redis_port), server_type="redis")
    Thread(target=redis.serve_forever, daemon=True).start()
    storage = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    storage.start()
    _, storage_port = storage.get_host_and_port()
    os.environ |= {
        "MOCK_SERVER_HOST": "127.0.0.1",  # its default is every interface
        "MOCK_SERVER_PORT": port,
        "MOCK_SERVER_URL": f"http://127.0.0.1:{port}",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "MINIO_ENDPOINT": f"127.0.0.1:{storage_port}",
        "STRICT_EDIT": "true",
        "AUTH_KEYS": key,
    }
    # It reads its settings when it is imported.
    from telemelya.server.app import main as serve

    serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
