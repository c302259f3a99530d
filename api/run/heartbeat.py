"""Whether a worker is at work: it has no port, but writes a sign of life for each of its queues.

`python -m api.run.heartbeat [QUEUE]` is the health check of docker-compose.yml.
"""

import os
import sys

import psycopg

FRESH_SECONDS = 20.0


def beats(database_url: str, queue: str, within_seconds: float = FRESH_SECONDS) -> bool:
    """Whether a worker of the queue gave a sign of life within these seconds."""
    query = "SELECT count(*) FROM queue_beats WHERE queue = %s AND at > now() - make_interval(secs => %s)"
    try:
        # Row-level security binds the owner too.
        with psycopg.connect(database_url, connect_timeout=3, options="-c role=orders_staff") as connection:
            row = connection.execute(query, (queue, within_seconds)).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


if __name__ == "__main__":
    sys.exit(0 if beats(os.environ["DATABASE_URL"], (sys.argv[1:] or ["default"])[0]) else 1)
