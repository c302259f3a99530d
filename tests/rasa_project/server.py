"""Starting a real Rasa, and an action server that only echoes."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

import model_card
import pytest

SECRET = "s3cret-ключ"
MODEL = "0123456789abcdef"
"""What the running model is called."""
BUTTON = {"title": "Оформить", "payload": '/confirm_order{"version":"3"}'}
START_SECONDS = 180


class EchoingActions(BaseHTTPRequestHandler):
    """Says what it was asked to do; fails for action_promo, is silent for action_profile."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(call)
        latest = call["tracker"]["latest_message"]
        entities = {entity["entity"]: entity["value"] for entity in latest["entities"]}
        card = {
            "metadata": latest["metadata"],
            "entities": entities,
            "expecting": call["tracker"]["slots"]["expecting"],
        }
        said = {"text": f"{call['next_action']}\n\nвторой абзац", "buttons": [BUTTON], "custom": {"card": card}}
        silent = call["next_action"] == "action_profile"
        events = [{"event": "slot", "name": "expecting", "value": "confirm"}]
        body = json.dumps({"events": events, "responses": [] if silent else [said]}).encode()
        self.send_response(500 if call["next_action"] == "action_promo" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@dataclass
class RunningRasa:
    """A Rasa that answers, and what its action server was asked."""

    port: int
    calls: list

    def get(self):
        """(status, JSON) of how it is."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/webhooks/gateway/", timeout=10) as answer:
            return answer.status, json.load(answer)

    def post(self, body, secret=SECRET, path="webhook"):
        """(status, JSON) of the connector's answer; `body` is sent as it is when it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.port}/webhooks/gateway/{path}"
        request = urllib.request.Request(address, data, method="POST")
        request.add_header("Content-Type", "application/json")
        if secret is not None:
            request.add_header("X-Gateway-Secret", secret.encode("utf-8").decode("latin-1"))
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def environment(**variables):
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SANIC_WORKERS": "1"}
    return {**os.environ, **quiet, **variables}


def rasa_run(archive, port, **variables):
    command = [sys.executable, "-m", "rasa", "run", "--model", str(archive), "-i", "127.0.0.1", "--port", str(port)]
    return subprocess.Popen(
        command, cwd=model_card.PROJECT, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def wait_until_ready(running, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail("Rasa did not start:\n" + b"".join(log[-40:]).decode("utf-8", "replace"))
