"""The OData interface of 1C: pages, virtual tables, objects, functions. Knows the protocol, not what the data mean."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import structlog

from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, percent
from api.erp.onec.literals import Where, body, guid
from api.erp.onec.names import Names, Table
from api.erp.onec.records import Record
from api.erp.onec.refusals import NO_INSTANCE, Refused, refusal

PAGE = 500
CUT = "Ответ 1С оборвался или это не ответ 1С."

log = structlog.get_logger()


class ODataClient:
    """One base of 1C. Raises ErpError; Refused when 1C itself answered with an error."""

    def __init__(self, http: HttpClient, names: Names, page: int = PAGE) -> None:
        self.names = names
        self._http = http
        self._page = page
        self._refused: set[str] = set()

    async def close(self) -> None:
        """Gives back the connections."""
        await self._http.close()

    async def rows(self, table: Table, where: Where | None = None, order: str = "Ref_Key") -> AsyncIterator[Record]:
        """All rows of a set that satisfy the condition, page by page."""
        options = {"$format": "json", "$select": table.select, "$orderby": order}
        question = ""
        if where is not None and where.expression:
            question = f"{table.entity} {where.expression.split(' ')[0]}"
            if question not in self._refused:
                options["$filter"] = where.expression
        skip, seen = 0, set[str]()
        while True:
            try:
                rows = await self._list(table.entity, options | {"$top": str(self._page), "$skip": str(skip)})
            except Refused as error:
                if "$filter" not in options or skip or not error.may_mean_the_query:
                    raise
                self._note(question, error)
                del options["$filter"]
                continue
            for row in rows:
                record = Record(table, row)
                # A document added between two pages moves the others: a row may come twice.
                ref = str(row.get("Ref_Key", ""))
                if ref not in seen and (where is None or where.holds(record)):
                    yield record
                if ref:
                    seen.add(ref)
            if len(rows) < self._page:
                return
            skip += len(rows)

    async def virtual(
        self, table: Table, function: str, arguments: dict[str, str], where: Where | None = None
    ) -> AsyncIterator[Record]:
        """Rows of Balance, SliceLast … Conditions are tried as bases are known to read them, then without."""
        variants = self._variants(table, function, arguments, where)
        for variant in variants:
            inside = ",".join(f"{name}={value}" for name, value in variant.items())
            try:
                rows = await self._list(f"{table.entity}/{function}({inside})", {"$format": "json"})
            except Refused as error:
                if variant is variants[-1] or not error.may_mean_the_query:
                    raise
                self._note(_variant_name(table, function, variant), error)
                continue
            for row in rows:
                record = Record(table, row)
                if where is None or where.holds(record):
                    yield record
            return

    async def object(self, table: Table, ref: str) -> Record | None:
        """One object with all its fields, or None when there is none."""
        try:
            row = await self._http.get(_path(f"{table.entity}({guid(ref)})", {"$format": "json"}), self._read)
        except Refused as error:
            if error.code == NO_INSTANCE:
                return None
            raise
        return Record(table, row)

    async def create(self, table: Table, values: dict[str, Any]) -> Record:
        """Writes a new object. The answer is what 1C says it stored: read it back before believing."""
        path = _path(table.entity, {"$format": "json"})
        return Record(table, await self._http.send("POST", path, self._written, body(values)))

    async def change(self, table: Table, ref: str, values: dict[str, Any]) -> None:
        """Writes some fields of an object. 1C does not check versions: read the object just before."""
        path = _path(f"{table.entity}({guid(ref)})", {"$format": "json"})
        await self._http.send("PATCH", path, self._done, body(values))

    async def post(self, table: Table, ref: str) -> None:
        """Posts a document with all checks of the configuration."""
        path = _path(f"{table.entity}({guid(ref)})/Post", {"PostingModeOperational": "false"})
        await self._http.send("POST", path, self._done)

    async def _list(self, path: str, options: dict[str, str]) -> list[dict[str, Any]]:
        rows = (await self._http.get(_path(path, options), self._read)).get("value")
        if not isinstance(rows, list):
            raise ErpError(CUT, permanent=False, evidence=f"{path}: no list")
        return rows

    def _variants(
        self, table: Table, function: str, arguments: dict[str, str], where: Where | None
    ) -> list[dict[str, str]]:
        """From the most exact question to the plainest, without what this base has refused before."""
        found = [arguments]
        if where is not None and where.expression:
            # Both ways to write quotes inside quotes are met in bases; the documentation does not say.
            doubled = where.expression.replace("'", "''")
            nested = where.expression
            found = [arguments | {"Condition": f"'{text}'"} for text in (doubled, nested)] + found
        # Sums told by more dimensions are only longer; a slice without its Period would show prices of the future.
        found.append({name: value for name, value in arguments.items() if name != "Dimensions"})
        usable = [variant for variant in found if _variant_name(table, function, variant) not in self._refused]
        return usable or found[-1:]

    def _note(self, question: str, error: Refused) -> None:
        """A refusal with 4xx is remembered; a 500 may have been an accident."""
        log.warning("onec.query_refused", question=question, status=error.status, code=error.code)
        if error.status < 500:
            self._refused.add(question)

    def _read(self, answer: Answer) -> dict[str, Any]:
        if answer.status >= 400:
            raise refusal(answer, self.names.words.passing, reading=True)
        return _object(answer)

    def _written(self, answer: Answer) -> dict[str, Any]:
        self._done(answer)
        return _object(answer)

    def _done(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise refusal(answer, self.names.words.passing, reading=False)


def _path(path: str, options: dict[str, str]) -> str:
    query = "&".join(f"{name}={percent(value)}" for name, value in options.items())
    return f"/{'/'.join(percent(part) for part in path.split('/'))}?{query}"


def _variant_name(table: Table, function: str, variant: dict[str, str]) -> str:
    """A kind of question, whatever values it asks about."""
    condition = variant.get("Condition", "")
    style = "doubled" if "''" in condition else "nested" if condition else "whole"
    return f"{table.entity}/{function} {style} {'+'.join(sorted(variant))}"


def _object(answer: Answer) -> dict[str, Any]:
    try:
        data = json.loads(answer.text, parse_float=Decimal)
    except ValueError as error:
        raise ErpError(CUT, permanent=False, evidence=answer.evidence) from error
    if not isinstance(data, dict):
        raise ErpError(CUT, permanent=False, evidence=answer.evidence)
    return data
