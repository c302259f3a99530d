"""The compose file: no secret inside, only the api published, the same processes and settings as `./run up`."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from api.channels.registry import SETTINGS
from api.config import Settings
from api.console.system_processes import CONTAINERS
from api.run.paths import ROOT
from api.run.processes import PROCESSES

FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")

# Fixed inside the containers, or for demos and tests only.
NOT_FOR_CONTAINERS = {"API_PORT", "RASA_PORT", "RASA_2_PORT", "ACTIONS_PORT", "DEMO_ERP_PORT", "CLOCK_OFFSET_SECONDS"}
# Derived from SECRET_KEY, which is there.
NOT_FOR_CONTAINERS |= {"MAX_SECRET", "TELEGRAM_SECRET"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(TEXT)
    return loaded


def test_every_process_of_ours_is_a_service(compose: dict[str, Any]) -> None:
    ours = {CONTAINERS.get(process.name, process.name) for process in PROCESSES}
    assert ours | {"db", "prepare", "train"} == set(compose["services"])


def test_models_and_what_is_taught_are_in_one_volume(compose: dict[str, Any]) -> None:
    sharing = ("api", "worker", "prepare", "trainer", "train", "rasa", "rasa-2")
    for name in sharing:
        assert "training:/training" in compose["services"][name]["volumes"], name
    for folder in ("api", "rasa_project", "api/training"):
        assert re.search(r"install -d -o app -g app .*/training", (ROOT / folder / "Dockerfile").read_text()), folder


def test_only_the_api_is_published_and_only_to_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"api": ["127.0.0.1:${API_PORT:-8000}:8000"]}
    assert compose["networks"]["inside"]["internal"] is True
    outside = {name for name, service in compose["services"].items() if "outside" in service["networks"]}
    assert outside == {"prepare", "api", "worker"}


def test_secrets_are_required_from_outside() -> None:
    # A channel that is not used has none.
    channels = tuple(str(one.model_config["env_prefix"]) for one in SETTINGS)
    for line in TEXT.splitlines():
        if re.search(r"(PASSWORD|SECRET)\w*:", line) or "PASSWORD '" in line:
            expected = r"\$\{\w+:-\}$" if line.strip().startswith(channels) else r"\$\{\w+:\?"
            assert re.search(expected, line), line


def test_every_long_running_service_has_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name not in ("prepare", "train"):
            assert service["healthcheck"]["test"], name


def test_every_setting_reaches_the_containers(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["api"]["environment"])
    channels = {f"{one.model_config['env_prefix']}{name}".upper() for one in SETTINGS for name in one.model_fields}
    wanted = ({name.upper() for name in Settings.model_fields} | channels) - NOT_FOR_CONTAINERS
    assert wanted <= given


def test_the_images_install_as_run_does() -> None:
    script = (ROOT / "run").read_text(encoding="utf-8")
    assert "sync --frozen --project" in script
    for project in ("api", "actions", "rasa_project"):
        image = (ROOT / project / "Dockerfile").read_text(encoding="utf-8")
        assert f"uv sync --frozen --no-dev --project {project}" in image
        assert "USER app" in image
    trainer = (ROOT / "api" / "training" / "Dockerfile").read_text(encoding="utf-8")
    for project in ("api", "rasa_project"):
        assert f"uv sync --frozen --no-dev --project {project}" in trainer
    assert "USER app" in trainer
