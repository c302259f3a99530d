"""The page for the distributor's IT names exactly the services that are used, and every setting."""

import re
from itertools import chain

from api.erp.sap import check, debts, goods, orders, partners, prices, quotes
from api.erp.sap.client import Set
from api.erp.sap.settings import SapSettings
from api.erp.settings import ErpSettings
from api.run.paths import ROOT

PAGE = (ROOT / "docs/connect-sap.md").read_text(encoding="utf-8")


def test_the_page_lists_every_set_with_the_scenario_that_the_check_names() -> None:
    modules = (goods, partners, prices, debts, orders, quotes)
    used = {value for module in modules for value in vars(module).values() if isinstance(value, Set)}
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|[^|]+\| (SAP_COM_\d+)", PAGE, flags=re.MULTILINE)
    assert {(service, name) for service, name, _ in rows} == {(of.service, of.name) for of in used}
    scenarios = {(service, name): scenario for service, name, scenario in rows}
    for need in chain(check.NEEDS, check.GROUP_NEEDS, check.PRICE_NEEDS, check.TAX_NEEDS, check.DEBT_NEEDS):
        assert scenarios[need.of.service, need.of.name] == need.scenario


def test_the_page_lists_every_setting() -> None:
    own = {f"ERP_{name.upper()}" for name in set(SapSettings.model_fields) - set(ErpSettings.model_fields)}
    table = PAGE.split("| переменная |", 1)[1].split("## Как проверить", 1)[0]
    told = set(
        re.findall(r"`(ERP_[A-Z_]+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "|" in row[1:]))
    )
    assert told == own
