"""openapi.yaml itself, and the demo base under whatever its schemas allow or forbid."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.erp.demo.hs.lists import CAN
from api.erp.demo.hs.problems import STATUS
from api.erp.onec_http.check import ABILITIES
from api.erp.onec_http.refusals import REASONS
from api.erp.port import Data
from tests.api.erp.onec_http.conftest import PASSWORD, USER, Service
from tests.api.erp.onec_http.contract import CONTRACT, ROOT, Contract

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_path(CONTRACT)


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_request_is_answered_by_the_contract(case: schemathesis.Case[Any], service: Service) -> None:
    answer = case.call(base_url=f"{service.url}{ROOT}", auth=(USER, PASSWORD))
    service.watch.violations.clear()  # it is the requests that break the contract here
    assert answer.status_code < 500, answer.text
    if answer.status_code != 405:
        case.validate_response(answer, checks=CHECKS)


def bodies(node: Any, contract: Contract) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every (schema, example) of the document."""
    if isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield node["schema"], node["example"]
        if "schema" in node and "examples" in node:
            for example in node["examples"].values():
                yield node["schema"], example["value"]
        for value in node.values():
            yield from bodies(value, contract)
    elif isinstance(node, list):
        for item in node:
            yield from bodies(item, contract)


def test_examples_keep_their_schemas() -> None:
    contract = Contract()
    found = list(bodies(contract.document, contract))
    assert len(found) > 25
    assert [errors for schema_, example in found if (errors := contract.errors(schema_, example))] == []


def test_the_contract_and_the_code_name_the_same_things() -> None:
    schemas = Contract().document["components"]["schemas"]
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == set(REASONS)
    assert set(schemas["Kind"]["enum"]) == {kind.value for kind in Data}
    assert set(schemas["Ping"]["properties"]["can"]["items"]["enum"]) == set(CAN) == set(ABILITIES)
    assert set(STATUS) <= set(REASONS)


@pytest.mark.parametrize("kind", ["Money", "Quantity", "Moment", "Date", "Time", "Key"])
def test_patterns_are_whole(kind: str) -> None:
    pattern = Contract().document["components"]["schemas"][kind]["pattern"]
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert re.search(pattern, "1; drop") is None
