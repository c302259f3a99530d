"""The page for the distributor's IT names exactly what the adapter reads and writes in 1C."""

import re

import yaml

from api.erp.onec import names
from api.erp.onec.settings import OnecSettings
from api.run.paths import ROOT


def test_the_page_lists_every_object_of_the_mapping() -> None:
    mapping = yaml.safe_load((ROOT / "api/erp/onec/ut11.yml").read_text(encoding="utf-8"))
    used = {part["entity"] for part in mapping.values() if "_" in str(part.get("entity", ""))}
    page = (ROOT / "docs/connect-1c.md").read_text(encoding="utf-8")
    table = page.split("## Что опубликовать", 1)[1].split("## Какие права", 1)[0]
    rows = re.findall(r"^\|[^|]+\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert used == set(rows)
    # Fields named in the text under the table are the mapping's too.
    fields = {str(value) for part in mapping.values() for value in part.values()}
    named = set(re.findall(r"`([А-Яа-яЁё]+)`", table.split("Реквизиты", 1)[1]))
    assert named
    assert named <= fields


def test_the_page_knows_every_setting_and_every_shipped_file() -> None:
    page = (ROOT / "docs/connect-1c.md").read_text(encoding="utf-8")
    for setting in OnecSettings.model_fields:
        assert f"ERP_{setting.upper()}" in page
    for configuration in names.shipped():
        assert f"`{configuration}`" in page
