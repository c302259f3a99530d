import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.training.dataset import formats
from api.training.dataset.errors import Unreadable
from api.training.dataset.formats import label_studio
from api.training.schemas import Reviewed
from tests.api.training.dataset.examples import reviewed

HEAD = "text;intent;entities;source;by\n"


@pytest.mark.parametrize("name", formats.FORMATS)
@given(examples=st.lists(reviewed(), max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_comes_in_the_same(name: str, examples: list[Reviewed]) -> None:
    known = formats.FORMATS[name]
    order = sorted(examples, key=repr)
    assert sorted(known.read(known.write(examples), "other", "other"), key=repr) == order


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_tables_as_spreadsheets_save_them(encoding: str, mark: str) -> None:
    table = f'text;intent\r\n"отгрузите без накладной\nпожалуйста"{mark}documents\r\n\r\n'.replace(";", mark)
    (one,) = formats.read("ноябрь.CSV", table.encode(encoding), "anna")
    assert one == Reviewed("отгрузите без накладной пожалуйста", "documents", None, "import:ноябрь.CSV", "anna")


def test_pieces_in_a_table() -> None:
    table = HEAD + "сгуха 5;order;0-5 product, 6-7 quantity;review:3;vera\nда;affirm;-;;\n"
    first, second = formats.read("a.csv", table.encode(), "anna")
    assert first.entities == (
        {"start": 0, "end": 5, "entity": "product", "value": "сгуха"},
        {"start": 6, "end": 7, "entity": "quantity", "value": "5"},
    )
    # A file speaks neither as a decision of the console nor in another's name.
    assert (first.source, first.by) == ("import:a.csv", "anna")
    assert second.entities == ()


def test_a_formula_stays_a_text() -> None:
    content = formats.FORMATS["csv"].write([Reviewed("=2+2", "order", None, "s", "b")])
    assert "'=2+2" in content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"x", "формат"),
        ("a.csv", b" \n", "пуст"),
        ("a.csv", b"a" * 20_000_001, "20 МБ"),
        ("a.csv", b"\x00\x01\x02\x03\x04\x05" * 50, "не текстовая"),
        ("a.csv", "слова;смысл\nа;б".encode(), "нет столбцов: text, intent"),
        ("a.csv", (HEAD + "да;affirm;;;\n;order;;;\n").encode(), "Строка 3: нет текста"),
        ("a.csv", (HEAD + "да;affirm;;;;;\n").encode(), "Строка 2: столбцов больше"),
        ("a.csv", (HEAD + 'да;affirm;;;\n"да"нет;deny;;;\n').encode(), "строке 3"),
        ("a.csv", (HEAD + "сгуха;order;0-99 product;;\n").encode(), "Строка 2: разметка"),
        ("a.csv", (HEAD + "сгуха;order;product;;\n").encode(), "Строка 2: разметка"),
        ("a.csv", HEAD.encode(), "ни одного"),
        ("a.yml", b"nlu:\n- intent: x\n  examples: [\n", "строке"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n    да\n".encode(), "не начинается с «-»"),
        ("a.yml", "да".encode("cp1251"), "UTF-8"),
        ("a.yml", "- да".encode(), "нет списка «nlu»"),
        ("a.yml", b"nlu:\n- intent: x\n  examples:\n  - {metadata: 1}\n", "без текста"),
        ("a.yml", "nlu:\n- intent: x\n  examples:\n  - text: '[а]{\"b\": 1}'\n".encode(), "Разметка"),
        ("a.json", b"{", "не JSON"),
        ("a.json", b"{}", "нужен список"),
        ("a.json", b"[" * 200_000, "не JSON"),
        ("a.json", b'[{"text": "x", "intent": "order"}]', "не JSON-MIN"),
        ("a.json", b'[{"data": {"text": ""}, "annotations": []}]', "Задание 1: нет текста"),
        ("a.json", b'[{"data": {"text": "x"}, "annotations": []}]', "ни одного"),
        ("a.json", b'[{"data": {"text": "x"}, "annotations": [7]}]', "не читается"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_words(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        formats.read(name, content, "anna")


def test_too_long_an_example() -> None:
    with pytest.raises(Unreadable, match=r"Пример 1 .* длиннее"):
        formats.read("a.csv", (HEAD + "а" * 3000 + ";order;;;").encode(), "anna")


Said = dict[str, object]


def task(*annotations: Said, text: str = "сгуха 5", number: int = 7) -> bytes:
    return json.dumps([{"id": number, "data": {"text": text}, "annotations": annotations}]).encode()


def said(intent: str, at: str = "2026-01-01", *, skipped: bool = False, pieces: Sequence[object] = ()) -> Said:
    choice = {"from_name": "any", "to_name": "text", "type": "choices", "value": {"choices": [intent]}}
    labels = [{"from_name": "l", "to_name": "text", "type": "labels", "value": piece} for piece in pieces]
    return {"result": [choice, *labels], "was_cancelled": skipped, "updated_at": at, "completed_by": 3}


def piece(start: int, end: int, words: str | None = None) -> dict[str, object]:
    return {"start": start, "end": end, "labels": ["product"]} | ({} if words is None else {"text": words})


def test_the_newest_completed_annotation_counts() -> None:
    old = said("order", "2026-01-01T10:00:00Z", pieces=(piece(0, 3),))
    new = said("order", "2026-01-02T10:00:00Z", pieces=(piece(0, 5, "сгуха"),))
    skipped = said("delivery", "2026-01-03T10:00:00Z", skipped=True)
    for annotations in ((old, new, skipped), (skipped, new, old)):
        (one,) = formats.read("ls.json", task(*annotations), "anna")
        assert one.intent == "order"
        assert [found["value"] for found in one.entities or ()] == ["сгуха"]


def test_people_who_contradict_each_other_are_told_of() -> None:
    with pytest.raises(Unreadable, match="Задание 7: разметили по-разному"):
        formats.read("ls.json", task(said("order"), said("delivery")), "anna")


@pytest.mark.parametrize("places", [(3, 8, "сгуха"), (2, 7, "сгуха"), (3, 8, None)])
def test_places_behind_an_emoji(places: tuple[int, int, str | None]) -> None:
    """JavaScript counts it as two; others count characters, and the words tell."""
    (one,) = formats.read("ls.json", task(said("order", pieces=(piece(*places),)), text="😀 сгуха"), "anna")
    assert one.entities == ({"start": 2, "end": 7, "entity": "product", "value": "сгуха"},)


@pytest.mark.parametrize("wrong", [piece(0, 99), piece(5, 2), piece(0, 5, "кефир"), {"start": "x", "end": 1}])
def test_pieces_that_do_not_fit(wrong: dict[str, object]) -> None:
    with pytest.raises(Unreadable, match="Задание 7: разметка"):
        formats.read("ls.json", task(said("order", pieces=(wrong,))), "anna")


def test_the_projects_setting_names_the_intents() -> None:
    assert '<Choice value="repeat_order"' in label_studio.CONFIG
