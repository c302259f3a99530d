"""The whole run as one JSON-simple dictionary: figures only, never a message of a hidden part."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from api.benchmark.beside import beside
from api.benchmark.intents import heard
from api.benchmark.names import names
from api.benchmark.peers.pipeline import Listen
from api.benchmark.peers.systems import peers
from api.benchmark.scoring import Share, Verdict, by_flavour, figures
from api.benchmark.sets import PARTS, CaseSet, Catalogue, intents
from api.benchmark.systems import Hear, System, assistant, verdicts_of, without_history, without_intents

Say = Callable[[str], None]


def results(
    sets: Sequence[CaseSet], known: Sequence[Catalogue], hear: Hear, diet: Listen | None, say: Say
) -> dict[str, Any]:
    """Orders, flavours, names and intents. `diet` is None when that peer is left out."""
    say("this assistant")
    product = assistant(hear)
    verdicts = verdicts_of(product, sets)
    systems = {product.key: orders(product, verdicts, sets)}
    for system in (without_history(hear), without_intents()):
        say(system.title)
        systems[system.key] = orders(system, verdicts_of(system, sets), sets)
    say("peers: cut-offs are fitted on the tuning part")
    for peer, settings in peers(hear, diet, [one for one in sets if one.part == "tuning"]):
        say(peer.title)
        found = orders(peer, verdicts_of(peer, sets), sets)
        systems[peer.key] = found | {"cutoff": settings.cutoff, "ask_within": settings.ask_within}
    say("names")
    return {
        "made_at": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "data": data(sets, known),
        "orders": systems,
        "flavours": flavours(verdicts, sets),
        "beside": beside_carts(product, sets),
        "names": {title: nested(found) for title, found in names(known).items()},
        "intents": {part: shares(heard(intents(part), hear)) for part in PARTS if intents(part)},
    }


def orders(system: System, verdicts: Mapping[str, Sequence[Verdict]], sets: Iterable[CaseSet]) -> dict[str, Any]:
    """A system's figures by part and by set."""
    parts: dict[str, list[Verdict]] = {}
    for one in sets:
        parts.setdefault(one.part, []).extend(verdicts[one.name])
    return {
        "title": system.title,
        "parts": {part: figures(found).to_json() for part, found in parts.items()},
        "sets": {name: figures(found).to_json() for name, found in verdicts.items()},
    }


def flavours(verdicts: Mapping[str, Sequence[Verdict]], sets: Iterable[CaseSet]) -> dict[str, Any]:
    """Exact messages by flavour and part."""
    parts: dict[str, list[Verdict]] = {}
    for one in sets:
        parts.setdefault(one.part, []).extend(verdicts[one.name])
    return {part: shares(by_flavour(found)) for part, found in parts.items()}


def beside_carts(system: System, sets: Iterable[CaseSet]) -> dict[str, Any]:
    """What stands beside the carts, by part."""
    parts: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for one in sets:
        understand = system.prepare(one.catalogue)
        parts.setdefault(one.part, []).extend((case, understand(case)) for case in one.cases)
    return {part: shares(beside(found)) for part, found in parts.items()}


def data(sets: Iterable[CaseSet], known: Iterable[Catalogue]) -> list[dict[str, Any]]:
    """How much there is of each catalogue."""
    messages: dict[str, int] = {}
    asking: dict[str, int] = {}
    for one in sets:
        name = one.catalogue.name
        messages[name] = messages.get(name, 0) + len(one.cases)
        asking[name] = asking.get(name, 0) + sum(bool(case["expect"]["ask"]) for case in one.cases)
    return [
        {
            "name": catalogue.name,
            "part": catalogue.part,
            "goods": len(catalogue.index.entries),
            "customers": len(catalogue.histories),
            "messages": messages.get(catalogue.name, 0),
            "must_ask": asking.get(catalogue.name, 0),
            "names": len(catalogue.queries),
        }
        for catalogue in known
    ]


def shares(found: Mapping[str, Share]) -> dict[str, Any]:
    """Shares for JSON."""
    return {name: share.to_json() for name, share in found.items()}


def nested(found: Mapping[str, Mapping[str, Share]]) -> dict[str, Any]:
    """Shares by place for JSON."""
    return {place: shares(inner) for place, inner in found.items()}
