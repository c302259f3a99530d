"""The comparison's training messages: goods, numbers and units are marked, and nothing else is in brackets."""

import re

import generate
from peer.messages import AnnotatingWriter, short_names, training_data

MARK = re.compile(r"\[[^\[\]]+\]\((product|quantity|unit)\)")


def test_what_is_filled_in_is_marked():
    writer = AnnotatingWriter("1", ["сулугуни"])
    assert re.fullmatch(r"\[[^\]]+\]\(product\) \[\d+\]\(quantity\) \[[^\]]+\]\(unit\)", writer._expand("{g} {n} {u}"))
    assert "product" in writer._slot("g", "gen")
    assert writer._slot("day", None) in generate.DAYS


def test_names_are_cut_and_lose_brackets(tmp_path):
    path = tmp_path / "catalog.csv"
    path.write_text("sku;name\n1;Стакан (50шт) [белый] 250 мл бумажный\n", encoding="utf-8")
    (name,) = short_names([path])
    assert "стакан 50шт белый 250 мл".startswith(name)


def test_the_training_file_is_the_same_every_time_and_has_no_stray_marks(tmp_path):
    path = tmp_path / "catalog.csv"
    path.write_text("sku;name\n1;Сыр Сулугуни\n", encoding="utf-8")
    data = training_data([path])
    assert data == training_data([path])
    assert "(product)" in data
    assert not re.search(r"[\[\]]", MARK.sub("", data))
