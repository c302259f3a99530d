"""The table of kinds."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.domain.clock import FixedClock
from api.erp.errors import ErpError
from api.erp.folder.backend import FolderErp
from api.erp.memory import MemoryErp
from api.erp.onec.backend import OneC
from api.erp.port import Place
from api.erp.registry import KINDS, open_erp
from api.erp.sap.backend import Sap
from api.erp.settings import read_settings

ZONE = ZoneInfo("Europe/Moscow")
PLACE = Place(
    "main", ZONE, FixedClock(datetime(2025, 12, 15, tzinfo=ZONE)), Path("exchange"), "http://127.0.0.1:1/demo"
)


@pytest.mark.parametrize(("kind", "made"), [("folder", FolderErp), ("memory", MemoryErp), ("onec", OneC)])
async def test_kinds(kind: str, made: type) -> None:
    erp = open_erp(kind, "ERP_", PLACE)
    assert isinstance(erp, made)
    await erp.close()


async def test_sap_is_told_its_sales_area_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("URL", "https://sap.example"),
        ("SALES_ORGANIZATION", "1010"),
        ("DISTRIBUTION_CHANNEL", "10"),
        ("DIVISION", "00"),
        ("PLANTS", '{"1010": "Основной"}'),
        ("UNITS", '{"KI": "ящ"}'),
        ("PAYMENT_DAYS", '{"NT14": 14}'),
        ("PREPAYMENT_TERMS", '["0001"]'),
        ("REFUSALS", '{"ZZ/001": "stock"}'),
    ):
        monkeypatch.setenv(f"ERP_SAP_{name}", value)
    erp = open_erp("sap", "ERP_SAP_", PLACE)
    assert isinstance(erp, Sap)
    await erp.close()
    monkeypatch.delenv("ERP_SAP_PLANTS")
    with pytest.raises(ValueError, match=r"(?s)plants.*required"):
        open_erp("sap", "ERP_SAP_", PLACE)


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'1c'.*memory.*onec"):
        open_erp("1c", "ERP_", PLACE)


def test_a_second_backend_has_variables_and_secret_files_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ERP_URL", "http://one.example/base")
    monkeypatch.setenv("ERP_SEVER_URL", "http://two.example/base")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    (tmp_path / "erp_sever_password").write_text("тайна")
    one, two = (read_settings(KINDS["onec"].settings, prefix) for prefix in ("ERP_", "ERP_SEVER_"))
    assert (one.url, two.url) == ("http://one.example/base", "http://two.example/base")
    assert two.password.get_secret_value() == "тайна"
    assert "тайна" not in repr(two)


async def test_a_backend_without_an_address_is_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ERP_URL", raising=False)
    erp = open_erp("onec", "ERP_", PLACE)
    with pytest.raises(ErpError) as silent:
        await erp.ping()
    assert "/demo" not in silent.value.message
    await erp.close()
