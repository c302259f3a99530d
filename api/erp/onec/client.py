"""The OData interface of 1C: pages, virtual tables, objects, functions. Knows the protocol, not what the data mean."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import structlog

from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, percent
from api.erp.onec.literals import Where, body, guid
from api.erp.onec.names import Names, Table
from api.erp.onec.records import Record
from api.erp.onec.refusals import NO_INSTANCE, Refused, refusal
from api.erp.onec.streaming import CUT, rows_of

PAGE = 500
STYLES = ("doubled", "nested")
"""How quotes inside the quotes of a condition are written; both are met."""
log = structlog.get_logger()


class ODataClient:
    """One base of 1C. Raises ErpError; Refused when 1C itself answered with an error."""

    def __init__(self, http: HttpClient, names: Names, page: int = PAGE, *, allowed_only: bool = False) -> None:
        """`allowed_only`: rows that our user may not see are left out, instead of an error for the whole answer."""
        self.names = names
        self._http = http
        self._page = page
        self._always = {"$format": "json"} | ({"allowedOnly": "true"} if allowed_only else {})
        self._refused: set[str] = set()

    async def close(self) -> None:
        """Gives back the connections."""
        await self._http.close()

    async def metadata(self) -> bytes:
        """The description of everything that is published, as XML."""
        return await self._http.get("/$metadata", self._described)

    async def rows(
        self,
        table: Table,
        where: Where | None = None,
        order: str = "Ref_Key",
        page: int = 0,
        *,
        whole_if_refused: bool = True,
    ) -> AsyncGenerator[Record]:
        """All rows of a set that satisfy the condition, page by page; none of a table that the base has not.

        A base that refuses the condition is read whole, unless the caller would rather hear of it: Refused.
        """
        if not table:
            return
        page = page or self._page
        options = self._always | {"$select": table.select, "$orderby": order}
        question = ""
        if where is not None and where.expression:
            question = f"{table.entity} {where.expression.split(' ')[0]}"
            if question not in self._refused or not whole_if_refused:
                options["$filter"] = where.expression
        skip, again, seen = 0, 0, set[str]()
        while True:
            asked = {"$top": str(page + again), "$skip": str(skip - again)}
            try:
                rows = await self._list(table.entity, options | asked)
            except Refused as error:
                mended = whole_if_refused and error.may_mean_the_query
                if "$filter" not in options or skip or not mended:
                    raise
                self._note(question, error)
                del options["$filter"]
                continue
            if again and (not rows or _ref(rows[0]) not in seen):
                # Rows were deleted meanwhile: the others have moved up, behind what was read.
                skip = max(0, skip - page)
                again = min(again, skip)
                continue
            for row in rows:
                record = Record(table, row)
                # A document added between two pages moves the others: a row may come twice.
                ref = _ref(row)
                if ref not in seen and (where is None or where.holds(record)):
                    yield record
                if ref:
                    seen.add(ref)
            if len(rows) < page + again:
                return
            skip += len(rows) - again
            # The last row comes again, to see that nothing has moved.
            again = 1 if _ref(rows[-1]) else 0

    async def virtual(
        self, table: Table, function: str, arguments: dict[str, str], where: Where | None = None
    ) -> AsyncGenerator[Record]:
        """Rows of Balance, SliceLast … Conditions are tried as bases are known to read them, then without.

        A table read whole is never held whole: it holds a session until it is read to its end.
        """
        if not table:
            return
        variants = self._variants(table, function, arguments, where)
        for variant in variants:
            inside = ",".join(f"{name}={value}" for name, value in variant.items())
            try:
                path = f"{table.entity}/{function}({inside})"
                async with aclosing(self._answered(path, whole="Condition" not in variant)) as rows:
                    async for row in rows:
                        record = Record(table, row)
                        if where is None or where.holds(record):
                            yield record
                return
            except Refused as error:
                if variant is variants[-1] or not error.may_mean_the_query:
                    raise
                self._note(_variant_name(table, function, variant), error)

    async def _answered(self, path: str, *, whole: bool) -> AsyncGenerator[dict[str, Any]]:
        """A short answer is read at once, because then a broken one can be asked for again."""
        if not whole:
            for row in await self._list(path, self._always):
                yield row
            return
        async with aclosing(self._http.stream(_path(path, self._always), self._refuse)) as pieces:
            async for row in rows_of(pieces, path):
                yield row

    def takes_conditions(self, table: Table, function: str) -> bool:
        """Whether this base took a condition of a virtual table in one of the two styles, as far as was tried."""
        refused = [name for name in self._refused if name.startswith(f"{table.entity}/{function} ")]
        return sum(" whole " not in name for name in refused) < len(STYLES)

    async def object(self, table: Table, ref: str) -> Record | None:
        """One object with all its fields, or None when there is none."""
        if not table:
            return None
        try:
            row = await self._http.get(_path(f"{table.entity}({guid(ref)})", self._always), self._read)
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

    def _refuse(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise refusal(answer, self.names.words, reading=True)

    def _read(self, answer: Answer) -> dict[str, Any]:
        self._refuse(answer)
        return _object(answer)

    def _described(self, answer: Answer) -> bytes:
        self._refuse(answer)
        return answer.body

    def _written(self, answer: Answer) -> dict[str, Any]:
        self._done(answer)
        return _object(answer)

    def _done(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise refusal(answer, self.names.words, reading=False)


def _ref(row: dict[str, Any]) -> str:
    """What tells a row from others; empty in a register."""
    return str(row.get("Ref_Key", ""))


def _path(path: str, options: dict[str, str]) -> str:
    query = "&".join(f"{name}={percent(value)}" for name, value in options.items())
    return f"/{'/'.join(percent(part) for part in path.split('/'))}?{query}"


def _variant_name(table: Table, function: str, variant: dict[str, str]) -> str:
    """A kind of question, whatever values it asks about."""
    condition = variant.get("Condition", "")
    style = STYLES[0] if "''" in condition[1:-1] else STYLES[1] if condition else "whole"
    return f"{table.entity}/{function} {style} {'+'.join(sorted(variant))}"


def _object(answer: Answer) -> dict[str, Any]:
    try:
        data = json.loads(answer.text, parse_float=Decimal)
    except ValueError as error:
        raise ErpError(CUT, permanent=False, evidence=answer.evidence) from error
    if not isinstance(data, dict):
        raise ErpError(CUT, permanent=False, evidence=answer.evidence)
    return data
