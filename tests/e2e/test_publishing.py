"""A model is put in and taken back while customers write: no turn is lost, none acts twice, each knows its model."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from api.run.system import System
from api.training.cards import frozen_hash
from tests.e2e.chat import Chat
from tests.e2e.load import load, models_of
from tests.running import Demo1C

CANDIDATE = "0123456789abcdef"


@pytest.fixture
def candidate(system: System) -> Iterator[str]:
    """The current model under another name, with a card of its own."""
    models = system.models
    live = json.loads((models / "current.json").read_text())["fingerprint"]
    card = json.loads((models / f"intents-{live}.json").read_text())
    shutil.copy(models / f"intents-{live}.tar.gz", models / f"intents-{CANDIDATE}.tar.gz")
    passed = {"gate": {"passed": True}, "compared_with": {"version": live}, "frozen": frozen_hash(models.parent)}
    (models / f"intents-{CANDIDATE}.json").write_text(json.dumps(card | {"fingerprint": CANDIDATE} | passed))
    yield CANDIDATE
    (models / f"intents-{CANDIDATE}.tar.gz").unlink(missing_ok=True)
    (models / f"intents-{CANDIDATE}.json").unlink(missing_ok=True)


def timed(system: System, *words: str) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    done = system.run_module("api.training.command", *words)
    return done, time.monotonic() - began


@pytest.mark.long  # the story of the training loop does the same with a model that was trained for it
@pytest.mark.timeout(300)
def test_published_and_rolled_back_under_load(
    system: System, demo: Demo1C, fresh: None, candidate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live = json.loads((system.models / "current.json").read_text())["fingerprint"]
    documents = demo.count()
    buyer = Chat(system.url, "MAGAZIN-BEREZKA")
    buyer.press("Повторить последний")
    with load(system) as customers:
        time.sleep(4)
        published, publish_seconds = timed(system, "use", candidate)
        buyer.press("Оформить")
        time.sleep(4)
        back, back_seconds = timed(system, "rollback")
        time.sleep(4)
    assert published.returncode == 0, published.stdout + published.stderr
    assert back.returncode == 0, back.stdout + back.stderr
    buyer.wait_for("принят!")
    assert demo.count() == documents + 1

    seen = models_of(system)
    assert {versions[0] for versions in seen.values()} == {live}
    assert sum(versions == [live, candidate, live] for versions in seen.values()) == len(customers.talks), seen
    assert json.loads((system.models / "current.json").read_text())["fingerprint"] == live
    with capsys.disabled():
        print(f"\n{customers.report()}; published in {publish_seconds:.1f} s, rolled back in {back_seconds:.1f} s")
