"""The two providers on a plain HTTP server of this machine."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer, URIPattern
from werkzeug import Request, Response

from api.channels.port import Webhook
from api.channels.whatsapp.adapter import WhatsApp
from api.channels.whatsapp.providers import PROVIDERS
from api.channels.whatsapp.settings import WhatsAppSettings
from tests.api.channels.whatsapp.payloads import OUR_PHONE_ID, Json, raw

TOKEN = "token-of-the-tests"
APP_SECRET = "app-secret-of-the-tests"
VERIFY_TOKEN = "verify-token-of-the-tests"
MEDIA_ID = "1003383421387256"
KINDS = ("meta", "360dialog")


class AnyPath(URIPattern):
    def match(self, uri: str) -> bool:
        return True


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, mimetype="application/json")


def failure(code: int, status: int = 400, details: str = "Details", **headers: str) -> Response:
    """Meta's shape of an error."""
    error = {"message": "(#1) Title", "type": "OAuthException", "code": code, "error_data": {"details": details}}
    return answer({"error": error | {"fbtrace_id": "Az8or2"}}, status, headers)


@dataclass
class FakeProvider:
    """`sent`: the JSON of messages, in order; `next`: answers to give before anything else is done."""

    server: HTTPServer
    kind: str
    sent: list[Json] = field(default_factory=list)
    read: list[Json] = field(default_factory=list)
    next: list[Response] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    told_size: int | None = None
    media_url: str | None = None
    webhook: Json = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(AnyPath()).respond_with_handler(self._answer)

    @property
    def base(self) -> str:
        return self.server.url_for("/v26.0" if self.kind == "meta" else "").rstrip("/")

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/v26.0")
        self.asked.append(f"{request.method} {path}")
        if not self._knows(request):
            return answer({"meta": {"http_code": 401, "developer_message": "Invalid api_key"}}, 401)
        if self.next:
            return self.next.pop(0)
        if path == (f"/{OUR_PHONE_ID}/messages" if self.kind == "meta" else "/messages"):
            return self._message(request.get_json())
        if path == "/whatsapp_business/attachments/":
            return Response(self.files[request.args["mid"]], mimetype="application/octet-stream")
        if path in (f"/{OUR_PHONE_ID}", "/v1/configs/webhook"):
            return self._configuration(request)
        return self._media(path.removeprefix("/"))

    def _knows(self, request: Request) -> bool:
        if self.kind == "meta":
            return request.headers.get("Authorization") == f"Bearer {TOKEN}"
        return request.headers.get("D360-API-KEY") == TOKEN and "Authorization" not in request.headers

    def _message(self, body: Json) -> Response:
        if body.get("status") == "read":
            self.read.append(body)
            return answer({"success": True})
        self.sent.append(body)
        return answer({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.OUT{len(self.sent)}"}]})

    def _media(self, media_id: str) -> Response:
        if media_id not in self.files:
            return failure(100, 404, "Object does not exist")
        size = len(self.files[media_id]) if self.told_size is None else self.told_size
        own = self.server.url_for(f"/whatsapp_business/attachments/?mid={media_id}&ext=1&hash=x")
        return answer({"url": self.media_url or own, "mime_type": "text/csv", "file_size": size, "id": media_id})

    def _configuration(self, request: Request) -> Response:
        if request.method == "POST":
            self.webhook = request.get_json()
            return answer({"success": True})
        if self.kind == "360dialog":
            return answer(self.webhook) if self.webhook else answer({"meta": {"developer_message": "none"}}, 404)
        address = self.webhook.get("webhook_configuration", {}).get("override_callback_uri")
        known = {"webhook_configuration": {"phone_number": address}} if address else {}
        return answer({"verified_name": "Поставщик", "quality_rating": "GREEN", "id": OUR_PHONE_ID, **known})

    def channel(self, **more: Any) -> WhatsApp:
        """Our side, set up for this provider."""
        secrets = {"token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}
        known = {"provider": self.kind, "api_url": self.base, "phone_id": OUR_PHONE_ID, **secrets}
        settings = WhatsAppSettings(**(known | more))
        return WhatsApp(settings, PROVIDERS[self.kind](settings))

    def proof(self, body: bytes) -> dict[str, str]:
        """The headers by which the provider proves itself."""
        if self.kind == "360dialog":
            return {"authorization": f"Bearer {VERIFY_TOKEN}"}
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return {"x-hub-signature-256": f"sha256={digest}"}

    def signed(self, body: bytes | Json) -> Webhook:
        content = body if isinstance(body, bytes) else raw(body)
        return Webhook("POST", self.proof(content), body=content)
