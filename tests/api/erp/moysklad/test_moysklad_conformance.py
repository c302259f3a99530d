"""The МойСклад adapter keeps the laws of the port, over real HTTP to our emulator; and how it is opened."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.domain.order import OrderStatus
from api.erp.moysklad.backend import Moysklad
from api.erp.moysklad.settings import API, MoyskladSettings
from api.erp.port import Place
from api.erp.registry import open_erp
from api.erp.settings import read_settings
from tests.api.erp.conformance import ErpConformance
from tests.api.erp.moysklad.world import CLOCK, ZONE


class TestMoyskladOverEmulator(ErpConformance):
    pass


async def test_it_is_opened_by_its_kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("ERP_STATES", '{"На погрузке": "picking"}')
    (tmp_path / "erp_token").write_text("hidden-token")
    settings = read_settings(MoyskladSettings, "ERP_")
    assert isinstance(settings, MoyskladSettings)
    assert (settings.url, settings.states) == (API, {"На погрузке": OrderStatus.PICKING})
    assert settings.token.get_secret_value() == "hidden-token"
    assert "hidden-token" not in repr(settings)
    with pytest.raises(ValidationError) as wrong:
        MoyskladSettings(token=SecretStr("токен"))
    assert "токен" not in str(wrong.value)
    erp = open_erp("moysklad", "ERP_", Place("main", ZONE, CLOCK, tmp_path))
    assert isinstance(erp, Moysklad)
    await erp.close()
