"""Files: fetched with our key, so from the provider's own hosts only, and never more than we can hold."""

from dataclasses import replace

import pytest

from api.channels.errors import DeliveryError
from api.channels.whatsapp.adapter import WhatsApp
from api.channels.whatsapp.providers import MEDIA_HOST, PROVIDERS
from api.channels.whatsapp.settings import WhatsAppSettings
from tests.api.channels.whatsapp.fake import MEDIA_ID, FakeProvider

LIST = "Молоко;8\n".encode()


async def test_a_file(provider: FakeProvider, channel: WhatsApp) -> None:
    provider.files[MEDIA_ID] = LIST
    assert await channel.fetch(MEDIA_ID) == LIST


@pytest.mark.parametrize("told", [10**9, 1])
async def test_a_large_file_is_left_there(
    provider: FakeProvider, channel: WhatsApp, monkeypatch: pytest.MonkeyPatch, told: int
) -> None:
    """Whether the provider says how large it is, or lies."""
    monkeypatch.setattr(WhatsApp, "capabilities", replace(WhatsApp.capabilities, attachment_bytes=100_000))
    provider.files[MEDIA_ID] = b"x" * 300_000
    provider.told_size = told
    with pytest.raises(DeliveryError) as failed:
        await channel.fetch(MEDIA_ID)
    assert (failed.value.permanent, failed.value.evidence) == (True, "file too large")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/whatsapp_business/attachments/?mid=1",
        "https://evil.example/whatsapp_business/attachments/?mid=1",
        f"https://{MEDIA_HOST}.evil.example/x",
        f"https://{MEDIA_HOST}@evil.example/x",
        f"https://evil.example/{MEDIA_HOST}/x",
        f"http://{MEDIA_HOST}/x",
        "file:///etc/passwd",
        "",
    ],
)
async def test_our_key_goes_to_no_foreign_host(provider: FakeProvider, channel: WhatsApp, url: str) -> None:
    provider.files[MEDIA_ID] = LIST
    provider.media_url = url or "//"
    with pytest.raises(DeliveryError) as failed:
        await channel.fetch(MEDIA_ID)
    assert failed.value.permanent
    assert failed.value.evidence == "media at a foreign host"


async def test_redirects_are_not_followed(provider: FakeProvider, channel: WhatsApp) -> None:
    provider.files[MEDIA_ID] = LIST
    provider.media_url = provider.server.url_for("/moved")
    provider.files["moved"] = b""
    with pytest.raises(DeliveryError):
        from tests.api.channels.whatsapp.fake import answer

        provider.next = [
            answer({"url": provider.media_url}),
            answer({}, 302, {"Location": provider.server.url_for("/whatsapp_business/attachments/?mid=1")}),
        ]
        await channel.fetch(MEDIA_ID)


@pytest.mark.parametrize("file_ref", ["", "../messages", "1/2", "1?x=y", "١٢", "1\n", "9" * 65])
async def test_a_name_that_is_no_id_is_not_asked_for(provider: FakeProvider, channel: WhatsApp, file_ref: str) -> None:
    with pytest.raises(DeliveryError) as failed:
        await channel.fetch(file_ref)
    assert (failed.value.permanent, provider.asked) == (True, [])


def test_where_the_real_ones_keep_files() -> None:
    url = f"https://{MEDIA_HOST}/whatsapp_business/attachments/?mid=1&ext=2&hash=x"
    settings = WhatsAppSettings(token="t", phone_id="1")
    assert PROVIDERS["meta"](settings).download(url) == url
    dialog360 = "https://waba-v2.360dialog.io/whatsapp_business/attachments/?mid=1&ext=2&hash=x"
    assert PROVIDERS["360dialog"](settings).download(url) == dialog360
