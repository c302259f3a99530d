"""Whether a worker is at work: it has no port, but writes its heartbeat to the job queue.

`python -m api.run.heartbeat` is the health check of docker-compose.yml.
"""

import os
import sys

import psycopg

FRESH_SECONDS = 20.0


def beats(database_url: str, within_seconds: float = FRESH_SECONDS) -> bool:
    """Whether any worker has written its heartbeat within these seconds."""
    query = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)"
    try:
        with psycopg.connect(database_url, connect_timeout=3) as connection:
            row = connection.execute(query, (within_seconds,)).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


if __name__ == "__main__":
    sys.exit(0 if beats(os.environ["DATABASE_URL"]) else 1)
