"""`./run data`: what it says and which code it ends with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.config import settings
from api.training import data_command
from api.training.dataset import files
from tests.api.training.dataset.conftest import root

__all__ = ["root"]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(settings(), "training_dir", str(root))

    def called(*words: object) -> tuple[int, str]:
        code = data_command.main([str(word) for word in words])
        told = capfd.readouterr()
        return code, told.out + told.err

    return called


def test_from_a_table_to_label_studio(run: Run, root: Path, tmp_path: Path) -> None:
    table = tmp_path / "октябрь.csv"
    table.write_text(
        "text;intent\nсгуха 5 банок;order\nотгрузите без накладной;documents\nгде заказ;order_status\n", "utf-8"
    )
    assert run("import", table, "--by", "anna") == (0, "Добавлено: 2, уже было или повторялось: 1.\n")
    assert {(one.source, one.by) for one in files.read(root)} == {("import:октябрь.csv", "anna")}
    code, told = run("export", "--format", "label-studio")
    assert code == 0 and [task["data"]["text"] for task in json.loads(told)] == [
        "отгрузите без накладной",
        "сгуха 5 банок",
    ]
    assert run("check") == (0, "Можно обучать: 0 ошибок, 0 предупреждений.\n")
    assert "где заказ" in run("export", "--all", "--format", "csv")[1]
    code, told = run("export", "--out", tmp_path / "out.yml")
    assert code == 0 and files.read_text((tmp_path / "out.yml").read_bytes()) == files.read(root)
    assert "<Choices" in run("export", "--config")[1]


def test_what_is_refused(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("text;intent\nсгуха 5 банок;order\nпришлите накладную;order\n", "utf-8")
    code, told = run("import", table)
    assert code == 1 and "✗ data/nlu/reviewed/ordering.yml: «пришлите накладную» — Текст стоит под «order»" in told
    assert "Ничего не добавлено" in told
    code, told = run("import", table, "--partly")
    assert code == 1 and "Добавлено: 1, не взято: 1." in told


def test_files_that_are_not_there_or_broken(run: Run, root: Path, tmp_path: Path) -> None:
    assert run("import", tmp_path / "none.csv")[0] == 2
    (tmp_path / "a.json").write_text("{")
    assert run("import", tmp_path / "a.json") == (1, "Это не JSON в кодировке UTF-8.\n")
    (root / "data/nlu/ordering.yml").write_text("nlu: [")
    code, told = run("check")
    assert code == 1 and "✗ data/nlu/ordering.yml: Файл не читается" in told and "1 ошибка" in told
