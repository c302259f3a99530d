"""The page for a distributor's IT names what there is."""

import re

from api.channels.whatsapp.failures import TEMPLATES, VERDICTS
from api.channels.whatsapp.providers import PROVIDERS
from api.channels.whatsapp.settings import WhatsAppSettings
from api.run.paths import ROOT

PAGE = (ROOT / "docs/connect-whatsapp.md").read_text(encoding="utf-8")


def test_every_setting_is_explained() -> None:
    names = {f"WHATSAPP_{name.upper()}" for name in WhatsAppSettings.model_fields}
    assert set(re.findall(r"WHATSAPP_[A-Z_]+", PAGE)) == names


def test_addresses_and_needs_are_those_of_the_code() -> None:
    for kind, provider in PROVIDERS.items():
        assert provider.default_url in PAGE
        assert f"WHATSAPP_PROVIDER={kind}" in PAGE
        assert all(f"WHATSAPP_{name.upper()}=" in PAGE for name in provider.needs)


def test_codes_of_troubles_are_known_ones() -> None:
    codes = {int(code) for code in re.findall(r"`(13\d{4})`", PAGE)}
    assert codes
    assert all(code in VERDICTS or code in TEMPLATES for code in codes)
