"""The layout of tests/order_cases."""

from pathlib import Path

from api.benchmark.sets import case_sets, catalogues, intents

CATALOGUE = "sku;name;category;brand;base_unit;packs;step\n1;Молоко;;;шт;;1\n"


def test_files_of_a_folder_are_sets_of_its_part(tmp_path: Path) -> None:
    folder = tmp_path / "tuning" / "kiosk"
    folder.mkdir(parents=True)
    (folder / "catalog.csv").write_text(CATALOGUE, encoding="utf-8")
    (folder / "cases.jsonl").write_text('{"id": "1"}\n\n{"id": "2"}\n', encoding="utf-8")
    (folder / "cases-fresh.jsonl").write_text('{"id": "3"}\n', encoding="utf-8")
    (folder / "match.jsonl").write_text('{"id": "m", "query": "мол.", "expect": "1"}\n', encoding="utf-8")
    (tmp_path / "tuning" / "intents.jsonl").write_text('{"text": "где", "intent": "order_status"}\n', encoding="utf-8")
    found = {one.name: (one.part, len(one.cases)) for one in case_sets(tmp_path)}
    assert found == {"tuning/kiosk": ("tuning", 2), "tuning/kiosk-fresh": ("tuning", 1)}
    (catalogue,) = catalogues(tmp_path)
    assert [entry.sku for entry in catalogue.index.entries] == ["1"]
    assert (len(catalogue.queries), catalogue.histories) == (1, {})
    assert len(intents("tuning", tmp_path)) == 1
    assert intents("heldout", tmp_path) == []
