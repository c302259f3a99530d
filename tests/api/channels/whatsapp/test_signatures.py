"""Who may bring us an update: proofs over the very bytes, and the handshake."""

import hashlib
import hmac
import json

import pytest
from pytest_httpserver import HTTPServer

from api.channels.errors import ChannelError
from api.channels.port import Webhook
from api.channels.whatsapp.adapter import WhatsApp, open_whatsapp
from tests.api.channels.whatsapp import payloads
from tests.api.channels.whatsapp.fake import APP_SECRET, TOKEN, VERIFY_TOKEN, FakeProvider

UPDATE = payloads.update(payloads.value(messages=[payloads.text(1, "как обычно, только молока 8 🥛 / хлеб")]))
BODY = payloads.raw(UPDATE)


@pytest.fixture
def meta(httpserver: HTTPServer) -> WhatsApp:
    return FakeProvider(httpserver, "meta").channel()


@pytest.fixture
def dialog360(httpserver: HTTPServer) -> WhatsApp:
    return FakeProvider(httpserver, "360dialog").channel()


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def refused(channel: WhatsApp, webhook: Webhook) -> int:
    with pytest.raises(ChannelError) as error:
        channel.read(webhook)
    return error.value.status


async def test_the_signature_is_over_the_bytes_as_they_came(meta: WhatsApp) -> None:
    headers = {"x-hub-signature-256": signature(BODY)}
    assert len(meta.read(Webhook("POST", headers, body=BODY)).events) == 1
    for same_json in (json.dumps(UPDATE), json.dumps(UPDATE, ensure_ascii=False), json.dumps(UPDATE, indent=1)):
        assert json.loads(same_json) == json.loads(BODY)
        assert refused(meta, Webhook("POST", headers, body=same_json.encode())) == 401


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "sha256=",
        signature(BODY).removeprefix("sha256="),
        signature(BODY).upper(),
        "sha256=" + signature(BODY).removeprefix("sha256=").upper(),
        signature(BODY)[:-2],
        signature(BODY) + "00",
        " " + signature(BODY),
        signature(BODY).replace("sha256", "sha1"),
        signature(BODY, "another-secret"),
        signature(BODY, ""),
        signature(BODY + b" "),
        "sha256=ключ",
    ],
)
async def test_a_wrong_signature_is_refused(meta: WhatsApp, given: str | None) -> None:
    headers = {} if given is None else {"x-hub-signature-256": given}
    assert refused(meta, Webhook("POST", headers, body=BODY)) == 401


async def test_360dialog_is_known_by_its_header(dialog360: WhatsApp) -> None:
    good = {"authorization": f"Bearer {VERIFY_TOKEN}"}
    assert len(dialog360.read(Webhook("POST", good, body=BODY)).events) == 1
    for given in ("", "Bearer ", VERIFY_TOKEN, f"bearer {VERIFY_TOKEN}", f"Bearer {VERIFY_TOKEN}x", f"Bearer {TOKEN}"):
        assert refused(dialog360, Webhook("POST", {"authorization": given}, body=BODY)) == 401
    assert refused(dialog360, Webhook("POST", {}, query={"authorization": good["authorization"]}, body=BODY)) == 401
    assert refused(dialog360, Webhook("POST", {"x-hub-signature-256": signature(BODY)}, body=BODY)) == 401


async def test_nothing_is_proved_by_an_empty_secret(httpserver: HTTPServer) -> None:
    without = FakeProvider(httpserver, "360dialog").channel(verify_token="")
    assert refused(without, Webhook("POST", {"authorization": "Bearer "}, body=BODY)) == 401
    meta = FakeProvider(httpserver, "meta").channel(verify_token="")
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "7"}
    assert refused(meta, Webhook("GET", {}, query)) == 403


async def test_the_handshake(meta: WhatsApp, dialog360: WhatsApp) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    assert meta.read(Webhook("GET", {}, query)).answer == "1158201444"
    for wrong in ({"hub.verify_token": "ключ"}, {"hub.verify_token": VERIFY_TOKEN[:-1]}, {"hub.mode": "unsubscribe"}):
        assert refused(meta, Webhook("GET", {}, query | wrong)) == 403
    assert refused(meta, Webhook("GET", {})) == 403
    assert refused(dialog360, Webhook("GET", {}, query)) == 405


async def test_half_a_set_up_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_whatsapp() is None
    monkeypatch.setenv("WHATSAPP_TOKEN", TOKEN)
    assert open_whatsapp() is None
    monkeypatch.setenv("WHATSAPP_VERIFY_TOKEN", VERIFY_TOKEN)
    monkeypatch.setenv("WHATSAPP_PROVIDER", "360dialog")
    channel = open_whatsapp()
    assert channel is not None
    await channel.close()
    monkeypatch.setenv("WHATSAPP_PROVIDER", "meta")
    assert open_whatsapp() is None, "Meta needs the app secret: without it anybody could write as anybody"
