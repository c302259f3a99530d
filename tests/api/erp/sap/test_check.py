"""What the check tells an administrator, for each thing that may be missing."""

import pytest

from api.erp.port import Checked, Finding
from tests.api.erp.conformance import all_of
from tests.api.erp.sap.company import open_emulated
from tests.api.erp.sap.emulator import Emulator

System = tuple[Emulator, str]


async def checked(url: str, **changes: object) -> list[Finding]:
    erp = open_emulated(url, **changes)
    assert isinstance(erp, Checked)
    try:
        return await all_of(erp.check())
    finally:
        await erp.close()


async def test_a_system_in_order(system: System) -> None:
    findings = await checked(system[1])
    assert {finding.severity for finding in findings} == {"ok"}
    assert not system[0].tables.rows["A_SalesOrder"]
    assert not [line for line in system[0].asked if not line.startswith("GET")]


async def test_a_service_that_is_not_active(system: System) -> None:
    system[0].faults.inactive.add("API_MATERIAL_STOCK_SRV")
    (wrong, *_) = [finding for finding in await checked(system[1]) if finding.severity == "error"]
    assert "Остатки" in wrong.text and "не активна" in wrong.text
    assert "/IWFND/MAINT_SERVICE" in wrong.todo and "SAP_COM_0164" in wrong.todo


async def test_a_service_is_told_once_for_all_its_sets(system: System) -> None:
    system[0].faults.inactive.add("API_SALES_ORDER_SIMULATION_SRV")
    system[0].faults.inactive.add("API_PRODUCT_SRV")
    wrong = [finding.text for finding in await checked(system[1]) if finding.severity == "error"]
    assert [text.partition(" (")[0] for text in wrong] == ["Расчёт заказа", "Товары"]


async def test_a_service_that_our_user_may_not_call(system: System) -> None:
    system[0].faults.closed.add("API_OPLACCTGDOCITEMCUBE_SRV")
    (wrong,) = [finding for finding in await checked(system[1]) if finding.severity == "error"]
    assert "Задолженность" in wrong.text
    assert "S_SERVICE" in wrong.todo


async def test_a_release_without_a_field(system: System) -> None:
    system[0].faults.without.add("A_SalesOrder.CustomerPurchaseOrderSuplmnt")
    (wrong,) = [finding for finding in await checked(system[1]) if finding.severity == "error"]
    assert "CustomerPurchaseOrderSuplmnt" in wrong.text
    assert "TIME_FIELD" in wrong.todo
    assert not [finding for finding in await checked(system[1], time_field="-") if finding.severity == "error"]


@pytest.mark.parametrize(
    ("changes", "severity", "words"),
    [
        ({"division": "99"}, "error", "Сбытовая область 1010/10/99"),
        ({"ship_to_function": "WE"}, "warning", "Функция партнёра WE"),
        ({"plants": {"1010": "Основной", "3000": "Новый"}}, "warning", "Завод 3000"),
        ({"price_condition": "ZPR0"}, "error", "Вид условия ZPR0"),
        ({"rejection_reason": ""}, "warning", "отменять"),
    ],
)
async def test_settings_that_fit_nothing(system: System, changes: dict[str, object], severity: str, words: str) -> None:
    (wrong,) = [finding for finding in await checked(system[1], **changes) if finding.severity != "ok"]
    assert wrong.severity == severity
    assert words in wrong.text
    assert wrong.todo


async def test_it_ends_early_when_the_system_is_silent_or_knows_us_not(system: System) -> None:
    system[0].faults.revoked = True
    (wrong,) = await checked(system[1])
    assert "имя и пароль" in wrong.text
    system[0].faults.revoked = False
    (silent,) = await checked("http://127.0.0.1:9")
    assert "не отвечает" in silent.text
