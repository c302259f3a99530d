from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.training.dataset import files
from api.training.dataset.errors import UnknownIntent, Unreadable
from api.training.dataset.notation import parsed, value_of, written
from api.training.schemas import Reviewed
from tests.api.training.dataset.examples import reviewed


def example(text: str, intent: str = "order", source: str = "review:1") -> Reviewed:
    return Reviewed(text, intent, None, source, "anna")


@given(reviewed())
def test_what_is_marked_is_read_as_it_was_written(one: Reviewed) -> None:
    assert parsed(written(one.text, one.entities)) == (one.text, one.entities or None)


@given(st.lists(reviewed(), max_size=5))
def test_the_order_of_the_lines_is_that_of_the_examples(examples: list[Reviewed]) -> None:
    text = files.text_of(examples)
    assert files.text_of(reversed(examples)) == text
    assert files.text_of(files.read_text(text.encode())) == text
    assert text.count("\n  - {text: ") == len(examples), "one example a line"


def test_the_form_of_the_file(root: Path) -> None:
    pieces = ({"start": 0, "end": 5, "entity": "product", "value": "сгуха"},)
    files.write(root, [example("яйца 5"), Reviewed("сгуха 5", "order", pieces, "review:2", "vera"), example("Ёлки")])
    assert (root / "data/nlu/reviewed/ordering.yml").read_text("utf-8").partition("\n")[2] == (
        'version: "3.1"\n\nnlu:\n- intent: order\n  examples:\n'
        '  - {text: "Ёлки", metadata: {source: "review:1", by: "anna"}}\n'
        '  - {text: "[сгуха](product) 5", metadata: {source: "review:2", by: "vera"}}\n'
        '  - {text: "яйца 5", metadata: {source: "review:1", by: "anna"}}\n'
    )


def test_files_are_by_skill_and_none_is_left_empty(root: Path) -> None:
    def names() -> Sequence[str]:
        return sorted(path.name for path in (root / "data/nlu/reviewed").iterdir() if not path.name.startswith("."))

    files.write(root, [example("да"), example("без накладной", "documents")])
    assert names() == ["account.yml", "ordering.yml"]
    files.write(root, [example("да")])
    assert names() == ["ordering.yml"]
    assert files.read(root) == [example("да")]
    files.write(root, [])
    assert names() == [] and files.read(root) == []


def test_an_intent_that_nobody_wrote_examples_of(root: Path) -> None:
    files.write(root, [example("да")])
    with pytest.raises(UnknownIntent, match="«dance» нет"):
        files.write(root, [example("станцуйте", "dance")])
    assert files.read(root) == [example("да")], "nothing was written"


def test_a_broken_file_is_named(root: Path) -> None:
    files.write(root, [example("да")])
    (root / "data/nlu/reviewed/ordering.yml").write_text("nlu: [\n<<<<<<< HEAD", "utf-8")
    with pytest.raises(Unreadable, match=r"data/nlu/reviewed/ordering\.yml: Ошибка YAML в строке 3"):
        files.read(root)


def test_marks_as_rasa_has_them() -> None:
    text, entities = parsed('[тонну](unit:т) [муки]{"entity": "product", "role": "x"} (срочно)')
    assert text == "тонну муки (срочно)"
    assert [(one["entity"], one["value"]) for one in entities or ()] == [("unit", "тонну"), ("product", "муки")]


@pytest.mark.parametrize("pieces", [(3, 9), (-1, 2), (2, 2), (5, 6)])
def test_pieces_outside_of_the_text(pieces: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="product"):
        value_of("сгуха ", [{"start": pieces[0], "end": pieces[1], "entity": "product"}])
