"""What the assistant would make of these messages: `python -m api.parse --catalog C --history H < cases.jsonl`."""

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from api.classifier import Classifier, ClassifierFailed
from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context, OutletName, PastOrder
from api.understanding.heard import Heard, settle
from api.understanding.outcome import Outcome, Question
from api.understanding.read import answer, one_for_all, read
from api.understanding.thresholds import PRESENT, Thresholds

MOSCOW = timezone(timedelta(hours=3))

Understand = Callable[[Mapping[str, Any], CatalogIndex, Mapping[str, tuple[PastOrder, ...]]], dict[str, Any]]
"""What is made of one line, given the catalogue and the histories by client."""


def load_catalog(path: str) -> CatalogIndex:
    """A catalogue CSV (`;`): sku, name, category, brand, base_unit, packs («кор=12|дес=10»), step."""
    with Path(path).open(encoding="utf-8-sig", newline="") as lines:
        return CatalogIndex.build(
            [_item(row, number) for number, row in enumerate(csv.DictReader(lines, delimiter=";"), 2)]
        )


def _item(row: Mapping[str, str | None], number: int) -> CatalogItem:
    try:
        packs = tuple(
            (unit.strip(), Decimal(factor.replace(",", ".")))
            for unit, _, factor in (pack.partition("=") for pack in (row.get("packs") or "").split("|") if pack.strip())
        )
        step = Decimal((row.get("step") or "1").replace(",", "."))
        return CatalogItem(
            row["sku"] or "",
            row["name"] or "",
            row.get("category") or "",
            row.get("brand") or "",
            row.get("base_unit") or "шт",
            packs,
            step,
            Decimal((row.get("minimum") or "0").replace(",", ".")),
        )
    except (KeyError, InvalidOperation, AttributeError) as error:
        raise SystemExit(f"catalogue line {number}: {error!r}") from error


def load_history(path: str | None) -> dict[str, tuple[PastOrder, ...]]:
    """Past orders by client, oldest first, from a CSV: client, order, date, sku, quantity."""
    if path is None:
        return {}
    orders: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(dict)
    with Path(path).open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter=";"), 2):
            try:
                lines_of = orders[row["client"], row["order"], row["date"]]
                lines_of[row["sku"]] = lines_of.get(row["sku"], Decimal(0)) + Decimal(row["quantity"].replace(",", "."))
            except (KeyError, InvalidOperation, AttributeError) as error:
                raise SystemExit(f"history line {number}: {error!r}") from error
    by_client: dict[str, list[PastOrder]] = defaultdict(list)
    for (client, order, day), order_lines in orders.items():
        by_client[client].append(PastOrder(order, date.fromisoformat(day[:10]), order_lines))
    return {
        client: tuple(sorted(found, key=lambda order: (order.date, order.number)))
        for client, found in by_client.items()
    }


def parse(
    case: Mapping[str, Any],
    index: CatalogIndex,
    histories: Mapping[str, tuple[PastOrder, ...]],
    hear: Callable[[str], Heard],
    thresholds: Thresholds = PRESENT,
) -> dict[str, Any]:
    """The parsed line of one case of DESIGN §10; `hear` is the intent classifier."""
    history = histories.get(str(case.get("client") or ""), ())
    cart = {sku: Decimal(str(quantity)) for sku, quantity in (case.get("start") or {}).items()}
    outlets = tuple(
        OutletName(str(o["id"]), o.get("name", ""), o.get("address", "")) for o in case.get("outlets") or ()
    )
    context = Context(index, history, cart, _now(case, history), outlets=outlets, thresholds=thresholds)
    questions: list[Question] = []
    outcome, heard = Outcome(cart=cart, is_order=False), Heard()
    for text in [*(case.get("turns") or ()), case["text"]]:
        heard = hear(text)
        outcome, questions = _turn(text, context, questions, heard)
        context = replace(context, cart=outcome.cart)
    intent = settle(outcome, heard)
    return {
        "id": case["id"],
        "intent": {"name": intent.name, "confidence": intent.confidence},
        "cart": {sku: _plain(quantity) for sku, quantity in outcome.cart.items()},
        "questions": [
            {"phrase": q.phrase, "reason": q.reason.value, "candidates": list(q.candidates)} for q in questions
        ],
        "notes": dict(outcome.notes),
        "delivery_date": outcome.delivery_date.isoformat() if outcome.delivery_date else None,
        "outlet": outcome.outlet,
    }


def _turn(text: str, context: Context, open_questions: list[Question], heard: Heard) -> tuple[Outcome, list[Question]]:
    """One message: an answer to the first open question that it answers, else an order."""
    if together := one_for_all(open_questions, text, context):
        asked, outcome = together
        return outcome, [*(question for question in open_questions if question not in asked), *outcome.questions]
    for place, question in enumerate(open_questions):
        answered = answer(question, text, context)
        if answered is not None:
            rest = open_questions[:place] + open_questions[place + 1 :]
            return answered, [*rest, *answered.questions]
    outcome = read(text, context, heard)
    if not outcome.is_order:
        return outcome, open_questions
    put = {change.sku for change in outcome.changes}
    still = [asked for asked in open_questions if asked.sku not in put and put.isdisjoint(asked.candidates)]
    return outcome, [*still, *outcome.questions]


def _now(case: Mapping[str, Any], history: tuple[PastOrder, ...]) -> datetime:
    if case.get("now"):
        now = datetime.fromisoformat(str(case["now"]))
        return now if now.tzinfo else now.replace(tzinfo=MOSCOW)
    day = history[-1].date + timedelta(days=1) if history else date(2025, 12, 16)
    return datetime.combine(day, time(10), MOSCOW)


def _plain(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f")


def run(
    understand: Understand,
    lines: Iterable[str],
    index: CatalogIndex,
    histories: Mapping[str, tuple[PastOrder, ...]],
    errors: TextIO,
) -> Iterator[str | None]:
    """Answers as JSON lines; None for a bad line, after a message with its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.dumps(understand(json.loads(line), index, histories), ensure_ascii=False)
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
            print(f"line {number}: {type(error).__name__}: {error}", file=errors)
            yield None


def command_line(description: str | None, understand: Understand) -> int:
    """From standard input to standard output, a line for a line; the exit code is 2 when some line failed."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--catalog", required=True, help="CSV: sku;name;category;brand;base_unit;packs;step")
    arguments.add_argument("--history", help="CSV: client;order;date;sku;quantity")
    options = arguments.parse_args()
    index, histories = load_catalog(options.catalog), load_history(options.history)
    failed = False
    for answered in run(understand, sys.stdin, index, histories, sys.stderr):
        failed = failed or answered is None
        if answered is not None:
            print(answered)
    return 2 if failed else 0


def main() -> int:
    """The command line."""
    try:
        with Classifier() as hear:
            return command_line(__doc__, partial(parse, hear=hear))
    except ClassifierFailed as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
