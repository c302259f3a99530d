"""Debian's chromium for the browser tests."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The browser's path: CHROMIUM when set, else the first known name on the PATH."""
    given = os.environ.get("CHROMIUM")
    if given and Path(given).exists():
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> str | None:
    """Finds the browser, or installs it under root on a Debian; None, with a message, when neither goes."""
    found = find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Debian's chromium for the browser tests", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        ):
            done = subprocess.run(["apt-get", *words], env=environment, capture_output=True, text=True)
            if done.returncode:
                print(done.stderr.strip())
        return find()
    print("no chromium for the browser tests: as root, apt-get install chromium; or CHROMIUM=/path/to/chrome")
    return None
