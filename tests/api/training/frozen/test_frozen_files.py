"""The files of the frozen set: a change is one line, and any text comes back as it went in."""

import multiprocessing
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import Conflict
from api.training.frozen_files import Phrase, add, folder, locked, read, remove, scalar
from tests.api.training.frozen.conftest import ACCOUNT, HANDOFF, MUST

ODD = ("да", "нет", "8", "3,2", "3.2", "on", "yes", "null", "~", ": #", "a: b", "# нет", "- 5", "'", '"', "«»", "@all",
       "12:30", "2025-12-15", "1_000", "%", "!", "&a", "*a", "[x](y)", "{", "две\nстроки", "\u2028", "👍🏽", "=", "?",
       "| ", "\\n", "'8'", "\x85", "\ufeff", " ")  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_written_on_one_line(text: str) -> None:
    written = scalar(text)
    assert len(written.splitlines()) == 1 and yaml.safe_load(f"a:\n  - {written}\n") == {"a": [text]}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=6, unique=True), st.data())
def test_what_is_put_in_is_read_and_taken_out_again(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("set")
    folder(root).mkdir(parents=True)
    path = folder(root) / "account.yml"
    path.write_text(ACCOUNT, encoding="utf-8")
    wanted = [
        Phrase("account", data.draw(st.sampled_from(("order_status", "cancel_order", "profile"))), t) for t in texts
    ]
    states = [ACCOUNT]
    for phrase in wanted:
        add(root, phrase)
        states.append(path.read_text(encoding="utf-8"))
    assert set(wanted) <= set(read(root).phrases) and len(read(root).phrases) == 21 + len(wanted)
    for phrase in reversed(wanted):
        assert path.read_text(encoding="utf-8") == states.pop()
        remove(root, phrase)
    assert path.read_text(encoding="utf-8") == ACCOUNT


def test_a_change_is_one_line(root: Path) -> None:
    path = folder(root) / "account.yml"
    add(root, Phrase("account", "order_status", "где: машина"))
    before, after = ACCOUNT.splitlines(), path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == ["  - 'где: машина'"]
    assert after.index("  - 'где: машина'") == after.index("  - где мой заказ 10") + 1
    remove(root, Phrase("handoff", "complaint", "молоко 4 скисло"))
    left = (folder(root) / "handoff.yml").read_text(encoding="utf-8")
    assert left == HANDOFF.replace("  - молоко 4 скисло\n", "")


def test_a_repeat_changes_nothing(root: Path) -> None:
    phrase = Phrase("account", "cancel_order", "не надо 5")
    add(root, phrase)
    once = (folder(root) / "account.yml").read_bytes()
    add(root, phrase)
    assert (folder(root) / "account.yml").read_bytes() == once
    remove(root, phrase)
    remove(root, phrase)
    assert (folder(root) / "account.yml").read_text(encoding="utf-8") == ACCOUNT


def test_the_last_of_an_intent_takes_it_along_and_the_first_brings_it(root: Path) -> None:
    remove(root, Phrase("must", "order_status", "где машина"))
    path = folder(root) / "must.yml"
    assert path.read_text(encoding="utf-8") == MUST.replace("order_status:\n  - где машина\n", "")
    add(root, Phrase("must", "order_status", "где машина"))
    assert path.read_text(encoding="utf-8") == MUST


def test_lists_in_several_lines_and_of_another_indent_are_kept(root: Path) -> None:
    path = folder(root) / "session.yml"
    path.write_text(
        "greet:\n- привет\n- |\n  добрый\n  день\n# после\nthanks: # хм\n-   'ага\n\n    угу'", encoding="utf-8"
    )
    add(root, Phrase("session", "greet", "хай"))
    add(root, Phrase("session", "thanks", "пока"))
    remove(root, Phrase("session", "greet", "привет"))
    assert path.read_text(encoding="utf-8") == (
        "greet:\n- |\n  добрый\n  день\n- хай\n# после\nthanks: # хм\n-   'ага\n\n    угу'\n-   пока\n"
    )
    remove(root, Phrase("session", "greet", "добрый\nдень\n"))
    assert "добрый" not in path.read_text(encoding="utf-8")


def test_texts_are_texts_and_strangers_stay_unread(root: Path) -> None:
    (folder(root) / "must.yml").write_text("order:\n  - 8\n  - on\n", encoding="utf-8")
    frozen = read(root)
    assert [one.text for one in frozen.phrases if one.part == "must"] == ["8", "on"]
    assert frozen.strangers == ("тайная фраза", "две строки")
    assert {one.part for one in frozen.phrases} == {"account", "handoff", "must"}


@pytest.mark.parametrize(
    "text", ["order: [", "- order", "order: фраза", "order:\n  a: b", "order:\n  - [a]", "\x00", "order: 5"]
)
def test_a_broken_file_is_told_and_stays(root: Path, text: str) -> None:
    path = folder(root) / "must.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Conflict, match=r"must\.yml не читается"):
        read(root)
    with pytest.raises(Conflict):
        add(root, Phrase("must", "order", "8"))
    assert path.read_text(encoding="utf-8") == text


def test_what_would_not_hold_is_not_written(root: Path) -> None:
    path = folder(root) / "must.yml"
    path.write_text("order: ['8', '9']\n", encoding="utf-8")
    with pytest.raises(Conflict, match=r"необычно|не читается"):
        add(root, Phrase("must", "order", "10"))
    assert path.read_text(encoding="utf-8") == "order: ['8', '9']\n"
    assert [one.name for one in folder(root).iterdir() if one.name.startswith(".")] == []


def _writes(root: Path, number: int) -> None:
    for n in range(10):
        with locked(root):
            add(root, Phrase("account", "order_status", f"пишет {number}: {n}"))


def test_writers_wait_for_each_other(root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_writes, args=(root, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert sum(one.text.startswith("пишет") for one in read(root).phrases) == 30
