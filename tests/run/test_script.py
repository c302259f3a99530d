"""The shell script: its help, its errors, and how it finds uv. A copy in a directory with spaces, with a fake uv."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api.run.paths import ROOT

COMMANDS = ("up", "test", "check", "erp", "admin", "model", "train", "parse", "match", "eval", "bench")

FAKE_UV = """#!/bin/sh
echo "$@" >> "$UV_LOG"
case "$*" in
    *sync*--project*)
        for last; do :; done
        mkdir -p "$last/.venv/bin"
        printf '#!/bin/sh\\necho python "$PYTHONPATH" "$@"\\n' > "$last/.venv/bin/python"
        chmod +x "$last/.venv/bin/python" ;;
esac
"""
BROKEN_SHIM = "#!/bin/sh\necho 'pyenv: uv: command not found' >&2\nexit 127\n"


def run(script: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere"} | variables
    return subprocess.run([str(script), *words], capture_output=True, text=True, env=environment, cwd="/")


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The script alone in a directory with a space and a letter outside ASCII."""
    root = tmp_path / "мой склад"
    for project in ("api", "actions", "rasa_project"):
        (root / project).mkdir(parents=True)
    shutil.copy(ROOT / "run", root / "run")
    return root


def test_help_has_one_line_for_each_command() -> None:
    help_text = run(ROOT / "run", "help")
    lines = help_text.stdout.splitlines()
    assert help_text.returncode == 0
    for command in COMMANDS:
        assert len([line for line in lines if line.strip().startswith(command + " ")]) == 1
    assert run(ROOT / "run").stdout == help_text.stdout


def test_unknown_command_is_named_and_exits_2() -> None:
    answer = run(ROOT / "run", "fly")
    assert answer.returncode == 2
    assert "unknown command 'fly'" in answer.stderr
    assert answer.stdout == ""


def test_a_broken_shim_is_passed_over(copy: Path, tmp_path: Path) -> None:
    executable(tmp_path / "shims" / "uv", BROKEN_SHIM)
    executable(tmp_path / "home" / ".local" / "bin" / "uv", FAKE_UV)
    log = tmp_path / "uv.log"
    path = f"{tmp_path / 'shims'}:/usr/bin:/bin"
    answer = run(
        copy / "run", "parse", "--catalog", "my goods.csv", PATH=path, HOME=str(tmp_path / "home"), UV_LOG=str(log)
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"python {copy}:{copy}/rasa_project -m api.parse --catalog my goods.csv\n"
    synced = [line for line in log.read_text().splitlines() if line.startswith("sync --frozen --project")]
    assert sorted(line.rsplit("/", 1)[1] for line in synced) == ["actions", "api", "rasa_project"]


def test_a_failed_set_up_shows_why(copy: Path, tmp_path: Path) -> None:
    script = '#!/bin/sh\ncase "$*" in *sync*rasa_project*) echo "no wheel for this machine"; exit 1 ;; esac\n'
    executable(tmp_path / "bin" / "uv", script)
    answer = run(copy / "run", "check", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert answer.returncode == 1
    assert "no wheel for this machine" in answer.stderr
    assert "rasa_project could not be set up" in answer.stderr


def test_without_uv_and_without_python_the_error_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    for tool in ("dirname", "mkdir", "sh", "cat", "rm", "date", "sleep"):
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / tool).symlink_to(found)
    for python in ("python3", "python3.11", "python3.12", "python3.13"):
        executable(tmp_path / "bin" / python, BROKEN_SHIM)
    # The one absolute path the script tries is taken out of the copy: this machine may have it.
    script = (copy / "run").read_text().replace("/usr/bin/python3", "/nowhere/python3").replace("/usr/local/bin/uv", "")
    executable(copy / "run", script)
    answer = run(copy / "run", "up", PATH=str(tmp_path / "bin"))
    assert answer.returncode == 1
    assert "uv could not be installed" in answer.stderr
    assert "apt-get install python3-venv" in answer.stderr
