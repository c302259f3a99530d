"""Every call that the action server makes exists in the gateway's OpenAPI, and every key it reads is answered."""

import ast
import re
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from actions import views
from api.main import app

SOURCE = Path(__file__).parents[2] / "actions" / "gateway.py"
OPENAPI = app.openapi()


def path_of(node: ast.expr) -> str:
    """A path's template: whatever is put in is a parameter."""
    if isinstance(node, ast.Constant):
        return f"/v1/{node.value}"
    assert isinstance(node, ast.JoinedStr)
    parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return "/v1/" + "".join(parts)


def calls() -> list[tuple[str, str, str, str]]:
    """(method of Gateway, HTTP method, path, name of the view it reads; empty when it reads nothing)."""
    tree = ast.parse(SOURCE.read_text(encoding="utf8"))
    gateway = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Gateway")
    found = []
    for function in gateway.body:
        if not isinstance(function, ast.AsyncFunctionDef) or function.name.startswith("_"):
            continue
        casts = [
            node for node in ast.walk(function) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast"
        ]
        view = casts[0].args[0].id if casts and isinstance(casts[0].args[0], ast.Name) else ""
        for node in ast.walk(function):
            name = getattr(getattr(node, "func", None), "attr", "")
            if name == "_call":
                found.append((function.name, node.args[0].value.lower(), path_of(node.args[1]), view))
            elif name == "_order":
                found.append((function.name, "get", path_of(node.args[0]), "OrderView"))
    return found


def operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in OPENAPI["paths"].items():
        if re.sub(r"\{[^}]*\}", "{}", template) == path and method in operations:
            found: dict[str, Any] = operations[method]
            return found
    return None


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def variants(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a schema without null."""
    schema = resolved(schema)
    options = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [resolved(option) for option in options if option.get("type") != "null"]


def missing(hint: Any, schema: dict[str, Any], where: str) -> list[str]:
    """The keys that the view reads and the schema does not have."""
    if get_origin(hint) is list:
        return [gap for option in variants(schema) for gap in missing(get_args(hint)[0], option["items"], f"{where}[]")]
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        return [gap for part in get_args(hint) if is_typeddict(part) for gap in missing(part, schema, where)]
    if get_origin(hint) is Literal or not is_typeddict(hint):
        return []
    # One path may answer in several shapes: the view is one of them.
    return min((missing_keys(hint, option, where) for option in variants(schema)), key=len)


def missing_keys(hint: Any, schema: dict[str, Any], where: str) -> list[str]:
    gaps = []
    properties = schema.get("properties", {})
    for key, inner in get_type_hints(hint).items():
        if key in properties:
            gaps += missing(inner, properties[key], f"{where}.{key}")
        elif key in hint.__required_keys__:
            gaps.append(f"{where}.{key}")
    return gaps


def test_the_client_has_calls() -> None:
    assert len(calls()) > 20


@pytest.mark.parametrize(("name", "method", "path", "view"), calls(), ids=lambda value: str(value))
def test_call_is_served(name: str, method: str, path: str, view: str) -> None:
    served = operation(method, path)
    assert served is not None, f"Gateway.{name} calls {method.upper()} {path}, which the gateway does not serve"
    if view:
        schema = served["responses"]["200"]["content"]["application/json"]["schema"]
        assert missing(getattr(views, view), schema, view) == []
