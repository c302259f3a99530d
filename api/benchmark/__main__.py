"""`./run eval`: the benchmark of orders, names and intents, with peers beside the assistant.

Without names of sets: everything, and the report in docs/benchmark. With names («tuning», «tuning/kiosks»): the
assistant's figures on those sets only, and with --show its worst mistakes. Mistakes of held-out and frozen sets stay
hidden, because a figure is honest only as long as nobody has mended what it measures; --show-heldout shows them, and
the set then belongs to tuning.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from api.benchmark import fit_names, floors
from api.benchmark.drawing import draw
from api.benchmark.fit import best, frontier, reachable, sweep
from api.benchmark.peers.diet import Diet, DietFailed, train
from api.benchmark.peers.pipeline import Listen
from api.benchmark.report import parts_table, render, sets_table, systems_table
from api.benchmark.results import orders, results
from api.benchmark.scoring import judge
from api.benchmark.sets import HIDDEN, ROOT, CaseSet, case_sets, catalogues
from api.benchmark.systems import Hear, assistant, verdicts_of
from api.classifier import Classifier

REPORT = ROOT / "docs" / "benchmark"
BOUND = 0.02


def say(text: str) -> None:
    """Progress, apart from the answer."""
    print(f"eval: {text}", file=sys.stderr, flush=True)


def main(words: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run eval", description=__doc__)
    parser.add_argument("sets", nargs="*", help="parts or sets, for a quick look without a report")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="the N worst mistakes of each named set")
    parser.add_argument("--show-heldout", action="store_true", help="mistakes of held-out and frozen sets too")
    parser.add_argument("--no-diet", action="store_true", help="leave out the DIET peer (minutes of training, once)")
    parser.add_argument("--fit", action="store_true", help="fit the thresholds on the tuning part, draw the curve")
    parser.add_argument("--floors", action="store_true", help="lower or raise the tests' floors to what is reached")
    parser.add_argument(
        "--bound", type=float, default=BOUND, help="most silent errors per line for --fit (%(default)s)"
    )
    options = parser.parse_args(words)
    chosen = [one for one in case_sets() if not options.sets or {one.part, one.name} & set(options.sets)]
    if not chosen:
        parser.error(f"no such set; there are: {', '.join(one.name for one in case_sets())}")
    with Classifier() as hear:
        if options.sets:
            look(chosen, hear, options.show, options.show_heldout)
            return 0
        REPORT.mkdir(parents=True, exist_ok=True)
        if options.fit:
            write("fit.json", fitted(hear, [one for one in chosen if one.part == "tuning"], options.bound))
        found = report(chosen, hear, options.no_diet)
    if options.floors:
        floors.write(floors.reached(found["orders"]["assistant"]["sets"], found["names"]["this assistant"]))
    return 0


def look(sets: Sequence[CaseSet], hear: Hear, show: int, hidden_too: bool) -> None:
    """The assistant's figures on some sets, and its worst mistakes where they may be seen."""
    product = assistant(hear)
    found = orders(product, verdicts_of(product, sets), sets)
    print(sets_table(found["sets"]))
    print()
    print(parts_table(found["parts"]))
    for one in sets:
        if show and one.part in HIDDEN and not hidden_too:
            say(f"the mistakes of {one.name} are hidden: it is there to be reported, not to be mended")
        elif show:
            mistakes(one, hear, show)


def mistakes(one: CaseSet, hear: Hear, show: int) -> None:
    """The worst mistakes of a set: most silent errors first."""
    understand = assistant(hear).prepare(one.catalogue)
    judged = [(judge(case, parsed), case, parsed) for case in one.cases for parsed in [understand(case)]]
    wrong = sorted((found for found in judged if not found[0].exact), key=lambda found: -found[0].silent)
    for verdict, case, parsed in wrong[:show]:
        print(f"\n{case['id']} {case['client']} {case.get('turns') or ''} {case['text']!r} silent {verdict.silent}")
        print("   start", case.get("start") or {})
        print("   want ", case["expect"])
        print("   got  ", {name: parsed[name] for name in ("intent", "cart", "questions")})


def fitted(hear: Hear, tuning: Sequence[CaseSet], bound: float) -> dict[str, Any]:
    """The curve of the thresholds and the weights of `match`, from the tuning part alone; both are printed."""
    say("thresholds: sweeping")
    points = sweep(hear, tuning)
    limit = reachable(points, bound)
    if limit > bound:
        say(f"no thresholds keep silent errors under {bound}: the bound is the present ones' {limit:.4f}")
    chosen = best(points, limit)
    print(f"present {points[0].to_json()}\nbest    {chosen.to_json()} (silent errors at most {limit:.4f})")
    say("weights of match: fitting")
    shortlists = [fit_names.shortlists(one) for one in catalogues() if one.part == "tuning" and one.queries]
    weights = fit_names.fitted([query for found in shortlists for query in found])
    now, then = fit_names.left_out(shortlists)
    named = {name: round(float(weight), 3) for name, weight in zip(fit_names.NAMES, weights, strict=True)}
    print(
        f"weights of match {named}\nnames first, one catalogue left out: {then:.3f}; with the present weights {now:.3f}"
    )
    return {
        "messages": sum(len(one.cases) for one in tuning),
        "bound": limit,
        "present": points[0].to_json(),
        "best": chosen.to_json(),
        "frontier": [point.to_json() for point in frontier(points)],
        "points": [point.to_json() for point in points],
        "names": {"weights": named, "present": round(now, 4), "left_out": round(then, 4)},
    }


def report(sets: Sequence[CaseSet], hear: Hear, no_diet: bool) -> dict[str, Any]:
    """Runs everything, writes Markdown, JSON and pictures, returns the results."""
    known = catalogues()
    with ExitStack() as stack:
        found = results(sets, known, hear, None if no_diet else diet(stack), say)
    write("results.json", found)
    fit = REPORT / "fit.json"
    page = render(found, json.loads(fit.read_text(encoding="utf-8")) if fit.exists() else None)
    (REPORT / "README.md").write_text(page, encoding="utf-8")
    failed = draw(REPORT)
    if failed:
        say(failed)
    print(parts_table(found["orders"]["assistant"]["parts"]))
    print()
    print(systems_table(found["orders"]))
    print(f"\n{REPORT.relative_to(ROOT)}/README.md")
    return found


def diet(stack: ExitStack) -> Listen | None:
    """The DIET peer, trained when there is no model for the present data; None, with a word why, when that failed."""
    say("DIET: training takes minutes unless the data is as before (--no-diet leaves it out)")
    try:
        archive = train([one.folder / "catalog.csv" for one in catalogues() if one.part == "tuning"])
        return stack.enter_context(Diet(archive))
    except (DietFailed, OSError) as error:
        say(f"DIET is left out: {error}")
        return None


def write(name: str, content: dict[str, Any]) -> None:
    """A JSON file of the report."""
    path: Path = REPORT / name
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
