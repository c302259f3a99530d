"""Files of names: what is shipped, what an own one may lack, and what the bot can do with a base that has less."""

from pathlib import Path

import pytest

from api.domain.customer import CardField
from api.domain.order import OrderStatus
from api.erp.errors import Reason
from api.erp.onec import names
from api.erp.onec.backend import capabilities_of
from api.erp.port import Data

UT11 = (names.FOLDER / "ut11.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("configuration", names.shipped())
def test_every_shipped_file_is_whole(configuration: str) -> None:
    found = names.load(configuration)
    assert found.products
    assert found.orders["lines"] == found.order_lines.entity
    assert "свободной лиценз" in found.words.passing
    assert {reason for reason, _ in found.words.reasons} >= {Reason.CREDIT, Reason.STOCK, Reason.PERIOD, Reason.RIGHTS}


@pytest.mark.parametrize("configuration", ["unf", "bp3"])
def test_what_no_live_base_has_shown_is_said_so(configuration: str) -> None:
    text = (names.FOLDER / f"{configuration}.yml").read_text(encoding="utf-8")
    assert "НЕ ПРОВЕРЕНО НА ЖИВОЙ БАЗЕ" in text
    tables = text.split("\nwords:")[0].splitlines()
    named = [line for line in tables if line.startswith("  ") and not line.endswith('""') and '""  ' not in line]
    assert all("# [" in line for line in named), "every name of 1C says where it was seen"


def test_an_own_file_is_read_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "ours.yml"
    own.write_text(UT11.replace("code: КодДляБота ", "code: КодКлиента "), encoding="utf-8")
    assert names.load(str(own)).customers["code"] == "КодКлиента"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("brands:\n", "brandz:\n", r"не хватает: brands"),
        ("  sku: Артикул", "  article: Артикул", r"«products» не хватает: sku"),
        ("  id: Ref_Key", '  id: ""', r"«products» поле «id» нужно обязательно"),
        ("  entity: Document_ЗаказКлиента", '  entity: ""', r"таблица «orders» нужна обязательно"),
        ("КВыполнению: picking", "КВыполнению: packing", r"неизвестное слово «packing»"),
        ("[goods, номенклатур", "[good, номенклатур", r"неизвестное слово «good»"),
        ("    НДС10: 10", "    НДС10: десять", r"«words.vat_rates» не число: «десять»"),
        ("statuses:", "  - statuses", r"не читается"),
        (UT11, "", r"не хватает: .*products"),
    ],
)
def test_a_slip_in_an_own_file_is_named_in_russian(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in UT11
    own = tmp_path / "ours.yml"
    own.write_text(UT11.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=said) as slip:
        names.load(str(own))
    assert "ours.yml" in str(slip.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ValueError, match=r"Нет файла имён «ut10».*bp3, unf, ut11"):
        names.load("ut10")


def test_capabilities_follow_the_names() -> None:
    ut11, unf, bp3 = (capabilities_of(names.load(configuration)) for configuration in ("ut11", "unf", "bp3"))
    assert ut11.reads == frozenset(Data)
    assert ut11.card == frozenset(CardField)
    assert ut11.cancel
    assert unf.reads == frozenset(Data)
    assert (unf.cancel, unf.card) == (False, frozenset())
    assert bp3.reads == frozenset(Data) - {Data.STOCK, Data.BALANCES}
    assert (bp3.live_stock, bp3.live_balance, bp3.live_prices) == (False, False, True)
    assert all(done.since == {Data.GOODS, Data.PRICES} for done in (ut11, unf, bp3))


def test_states_of_unf_are_told_by_their_names() -> None:
    assert names.load("unf").statuses["Завершен"] is OrderStatus.DELIVERED
