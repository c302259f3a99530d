"""Files that are replaced as a whole, and locks between whoever writes them."""

import os
import stat
import threading
from pathlib import Path

import pytest

from api.training import disk


def test_a_file_is_replaced_whole_keeps_its_mode_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    disk.write_json(path, {"a": "ё"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o640)
    disk.write_json(path, {"a": 2})
    assert disk.read_json(path) == {"a": 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["a.json"]


def test_what_says_the_same_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"a: 1\n")
    os.utime(path, (1, 1))
    disk.write(path, b"a: 1\n")
    assert path.stat().st_mtime == 1


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"a: 1\n")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.write(path, b"a: 2\n")
    assert path.read_bytes() == b"a: 1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.yml"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff"])
def test_json_that_cannot_be_read_is_empty(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    assert disk.read_json(path) == {}


def test_a_lock_is_waited_for_and_tells_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    done: list[str] = []

    def second() -> None:
        with disk.locked(path, "olga"):
            done.append("olga")

    with disk.locked(path, "anna, консоль"):
        with pytest.raises(disk.Held) as error, disk.locked(path, seconds=0.1):
            pass
        assert error.value.holder == "anna, консоль"
        waiting = threading.Thread(target=second)
        waiting.start()
        done.append("anna")
    waiting.join(10)
    assert done == ["anna", "olga"]
    with disk.locked(path, seconds=0):
        assert path.read_text() == ""
