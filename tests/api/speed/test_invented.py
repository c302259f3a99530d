"""The invented catalogue and its lines: deterministic, of the size asked for."""

from api.speed.invented import catalogue, lines
from api.speed.measure import assistant
from api.speed.tables import page
from api.understanding.catalog import CatalogIndex
from api.understanding.match import match


def test_the_same_size_gives_the_same_catalogue_and_lines() -> None:
    items = catalogue(200)
    assert items == catalogue(200)
    assert lines(items, 20) == lines(items, 20)
    assert items != catalogue(200, seed=2)


def test_skus_and_names_are_different() -> None:
    items = catalogue(500)
    assert len({item.sku for item in items}) == len({item.name for item in items}) == 500


def test_lines_name_what_they_order() -> None:
    items = catalogue(200)
    index = CatalogIndex.build(items)
    assert sum(bool(match(line, index)) for line in lines(items, 20)) >= 18


def test_a_measurement_makes_a_table() -> None:
    items = catalogue(100)
    measured = {
        "made_at": "now",
        "machine": "here",
        "left_out": ["none"],
        "assistant": {"100": assistant(items, lines(items, 700))},
    }
    text = page(measured)
    assert "| 100 |" in text
    assert text.endswith("none\n")
