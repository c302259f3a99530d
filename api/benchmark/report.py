"""The report's Markdown: prose from report.template.md, every figure from the run's JSON."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

TEMPLATE = Path(__file__).with_name("report.template.md")
FIGURES = ("exact", "touchless", "asked_right", "silent_wrong")
PARTS = ("tuning", "heldout", "frozen")
FEWEST = 5


def render(results: Mapping[str, Any], fit: Mapping[str, Any] | None) -> str:
    """The whole page."""
    ours = results["orders"]["assistant"]
    counts = totals(results["data"])
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        made_at=results["made_at"],
        messages=counts["messages"],
        unseen=sum(row["messages"] for row in results["data"] if row["part"] != "tuning"),
        catalogues=sum(bool(row["messages"]) for row in results["data"]),
        names=counts["names"],
        intents=sum(found["all"]["of"] for found in results["intents"].values()),
        exact=percent(ours["parts"]["heldout"]["exact"]),
        silent=percent(ours["parts"]["heldout"]["silent_wrong"]),
        best_peer=best_peer(results["orders"]),
        names_first=percent(results["names"]["this assistant"]["heldout"]["first"]),
        data_table=data_table(results["data"]),
        parts_table=parts_table(ours["parts"]),
        sets_table=sets_table(ours["sets"]),
        systems_table=systems_table(results["orders"]),
        flavours_table=flavours_table(results["flavours"]),
        names_table=names_table(results["names"]),
        intents_table=intents_table(results["intents"]),
        beside_table=beside_table(results["beside"]),
        fit_text=fit_text(fit),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all columns after the first are to the right."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def percent(share: Mapping[str, float]) -> str:
    """«81.5 %»"""
    return f"{100 * share['share']:.1f} %"


def spread(share: Mapping[str, float]) -> str:
    """«81.5 % (76–86)»"""
    if not share["of"]:
        return "–"
    return f"{percent(share)} ({100 * share['low']:.0f}–{100 * share['high']:.0f})"


def totals(data: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Sums over the catalogues."""
    rows = list(data)
    return {name: sum(row[name] for row in rows) for name in ("goods", "messages", "must_ask", "names")}


def best_peer(systems: Mapping[str, Any]) -> str:
    """The most exact peer on the held-out part, for the summary in Russian."""
    others = [system for key, system in systems.items() if "cutoff" in system]
    best = max(others, key=lambda system: system["parts"]["heldout"]["exact"]["share"])
    held = best["parts"]["heldout"]
    return f"«{best['title']}»: целиком верно {percent(held['exact'])}, молча неверно {percent(held['silent_wrong'])}"


def data_table(data: Iterable[Mapping[str, Any]]) -> str:
    """Catalogues and how much was written for them."""
    rows = list(data)
    head = ("catalogue", "goods", "customers with history", "messages", "of them must ask", "names")
    fields = ("goods", "customers", "messages", "must_ask", "names")
    body = [[row["name"], *(row[field] or "–" for field in fields)] for row in rows]
    sums = totals(rows)
    return table(head, [*body, ["**all**", sums["goods"], "", sums["messages"], sums["must_ask"], sums["names"]]])


def parts_table(parts: Mapping[str, Any]) -> str:
    """The four figures by part, with intervals."""
    rows = [
        [part, int(found["exact"]["of"]), *(spread(found[name]) for name in FIGURES)] for part, found in parts.items()
    ]
    return table(("part", "messages", "exact", "touchless", "asked right", "silent wrong"), rows)


def sets_table(sets: Mapping[str, Any]) -> str:
    """The figures by set."""
    rows = [
        [name, int(found["exact"]["of"]), *(percent(found[figure]) for figure in FIGURES)]
        for name, found in sets.items()
    ]
    return table(("set", "messages", "exact", "touchless", "asked right", "silent wrong"), rows)


def systems_table(systems: Mapping[str, Any]) -> str:
    """Every system on the held-out and the frozen part."""
    figures = ("exact", "new_order", "silent_wrong")
    head = ["system", *(f"{part}: {name.replace('_', ' ')}" for part in PARTS[1:] for name in figures), "cut-off"]
    rows = []
    for system in systems.values():
        shown = [spread(system["parts"][part][name]) for part in PARTS[1:] for name in figures]
        rows.append([system["title"], *shown, f"{system['cutoff']:.0f}" if "cutoff" in system else ""])
    return table(head, rows)


def flavours_table(flavours: Mapping[str, Any]) -> str:
    """Exact messages by flavour; flavours of fewer than five messages in all are left out."""
    counts = {
        tag: sum(flavours.get(part, {}).get(tag, {"of": 0})["of"] for part in PARTS) for tag in all_tags(flavours)
    }
    rows = [
        [tag, *(_counted(flavours.get(part, {}).get(tag)) for part in PARTS)]
        for tag in sorted(counts)
        if counts[tag] >= FEWEST
    ]
    return table(("flavour", *PARTS), rows)


def all_tags(flavours: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The flavours of all parts."""
    return {tag for found in flavours.values() for tag in found}


def _counted(share: Mapping[str, float] | None) -> str:
    return f"{share['right']:.0f} of {share['of']:.0f}" if share else "–"


def names_table(names: Mapping[str, Any]) -> str:
    """Names by way of matching, first and among five."""
    parts = [part for part in PARTS if part in names["this assistant"]]
    head = ["", *(f"{part}, {kind}" for part in parts for kind in ("first", "among five"))]
    rows = [
        [title, *(spread(found[part][kind]) for part in parts for kind in ("first", "few"))]
        for title, found in names.items()
    ]
    return table(head, rows)


def intents_table(intents: Mapping[str, Any]) -> str:
    """Intents heard right by part, of all messages and by intent."""
    tags = ["all", *sorted(all_tags(intents) - {"all"})]
    return table(
        ("intent", *intents), [[tag, *(_counted(found.get(tag)) for found in intents.values())] for tag in tags]
    )


def beside_table(beside: Mapping[str, Any]) -> str:
    """Delivery dates, outlets and notes by part."""
    kinds = {"delivery_date": "delivery date", "outlet": "outlet", "notes": "note on a line"}
    rows = [[title, *(_counted(found[kind]) for found in beside.values())] for kind, title in kinds.items()]
    return table(("", *beside), rows)


def fit_text(fit: Mapping[str, Any] | None) -> str:
    """What `--fit` found."""
    if fit is None:
        return "Not fitted yet: `./run eval --fit`."
    rows = [
        [name, *(f"{fit[name][field]:g}" for field in ("reading", "likeness", "guess")), *_shares(fit[name])]
        for name in ("present", "best")
    ]
    head = ("thresholds", "reading", "likeness", "guess", "exact", "silent wrong", "coverage")
    names = fit["names"]
    return "\n\n".join(
        [
            table(head, rows),
            f"Tried: {len(fit['points'])} combinations on {fit['messages']} tuning messages; «best» has the most exact "
            f"messages with at most {100 * fit['bound']:.1f} % silent errors.",
            f"Weights of `match` fitted with one catalogue left out at a time put {100 * names['left_out']:.1f} % of "
            f"its names first, the present weights {100 * names['present']:.1f} %.",
        ]
    )


def _shares(point: Mapping[str, float]) -> list[str]:
    return [f"{100 * point[name]:.1f} %" for name in ("exact", "silent_wrong", "coverage")]
