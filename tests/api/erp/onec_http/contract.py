"""Listens between the adapter and the demo base: every request and answer has to keep openapi.yaml."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTRACT = Path(__file__).parents[4] / "docs" / "onec-http-service" / "openapi.yaml"
ROOT = "/demo/hs/bot"
METHODS = ("get", "put", "post")


class Contract:
    """openapi.yaml as a judge."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
        resource = Resource.from_contents(self.document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:contract", resource)

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in item:
                found: dict[str, Any] = item[method.lower()]
                return found
        return None

    def errors(self, schema: dict[str, Any], value: object) -> list[str]:
        """Where the value leaves the schema, which may point into the document."""
        judge = Draft202012Validator(_absolute(schema), registry=self._registry)
        return [f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in judge.iter_errors(value)]

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node itself, or what it points to."""
        found: Any = node
        if "$ref" in node:
            found = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        return dict(found)


def _absolute(node: Any) -> Any:
    """Pointers into the document as addresses of the registry."""
    if isinstance(node, dict):
        return {name: f"urn:contract{value}" if name == "$ref" else _absolute(value) for name, value in node.items()}
    return [_absolute(item) for item in node] if isinstance(node, list) else node


class Watch:
    """An application around the demo; `violations` must stay empty, `seen` tells what was exercised."""

    def __init__(self, app: ASGIApp, contract: Contract) -> None:
        self._app = app
        self._contract = contract
        self.violations: list[str] = []
        self.seen: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(ROOT):
            await self._app(scope, receive, send)
            return
        sent, told = bytearray(), bytearray()
        start: dict[str, Any] = {}

        async def hear() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            told.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._judge(scope, bytes(sent), start, bytes(told))
            await send(message)

        await self._app(scope, hear, say)

    def _judge(self, scope: Scope, sent: bytes, start: dict[str, Any], told: bytes) -> None:
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        if "json" not in headers.get("content-type", ""):
            return  # the web server speaks, not the extension
        path, method, status = scope["path"].removeprefix(ROOT), scope["method"], str(start["status"])
        operation = self._contract.operation(method, path)
        if operation is None:
            self.violations.append(f"{method} {path} is not in the contract")
            return
        self.seen.add((operation["operationId"], status))
        answer = self._contract.resolve(operation["responses"].get(status, {}))
        content = answer.get("content", {}).get(headers["content-type"])
        if content is None:
            self.violations.append(f"{method} {path}: {status} {headers['content-type']} is not in the contract")
            return
        self._note(f"{method} {path} → {status}", content["schema"], told)
        if "requestBody" in operation:
            self._note(f"{method} {path} ←", operation["requestBody"]["content"]["application/json"]["schema"], sent)

    def _note(self, what: str, schema: dict[str, Any], body: bytes) -> None:
        try:
            errors = self._contract.errors(schema, json.loads(body))
        except ValueError:
            errors = ["no JSON"]
        self.violations += [f"{what} {error}" for error in errors]
