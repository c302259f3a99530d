"""Draws the pictures in an environment of their own: matplotlib is of no use to the product and stays out of it."""

import os
import subprocess
from pathlib import Path

from api.benchmark.sets import ROOT

ENVIRONMENT = ROOT / ".run" / "pictures"
SCRIPT = Path(__file__).with_name("pictures.py")


def draw(folder: Path) -> str | None:
    """None when the pictures were drawn, else one sentence why not (no network on the first run)."""
    sync = [os.environ.get("UV", "uv"), "sync", "--frozen", "--project", str(ROOT / "api"), "--only-group", "pictures"]
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT)}
    try:
        done = subprocess.run(sync, env=environment, capture_output=True, text=True)
        if done.returncode:
            return f"pictures are as they were: matplotlib could not be installed: {done.stderr.strip()[-300:]}"
        subprocess.run([ENVIRONMENT / "bin" / "python", SCRIPT, folder], check=True)
    except OSError as error:
        return f"pictures are as they were: {error}"
    return None
