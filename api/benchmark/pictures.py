"""The report's pictures, drawn from its JSON: `python pictures.py FOLDER` in the environment of the group `pictures`.

Imports nothing of ours: that environment holds matplotlib alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
# The same figures give the same file.
matplotlib.rcParams.update(
    {"svg.hashsalt": "orders", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
)

from matplotlib import pyplot  # noqa: E402

OURS, OTHERS, SILENT, MUTED = "#1f6f54", "#8fa8b8", "#c0392b", "#c9c9c9"
FEWEST = 5
"""Messages below which a flavour's share says nothing."""


def save(figure: Any, path: Path) -> None:
    """Writes the picture without the date of its making."""
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def orders(results: dict[str, Any], path: Path) -> None:
    """Exact messages and silent errors of every system on the held-out part, with their intervals."""
    systems = list(reversed(results["orders"].values()))
    titles = [system["title"] for system in systems]
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 0.36 * len(systems) + 1.2), sharey=True)
    for place, (name, label, colour) in zip(
        axes, (("exact", "exact messages", OURS), ("silent_wrong", "silent errors per line", SILENT)), strict=True
    ):
        shares = [system["parts"]["heldout"][name] for system in systems]
        values = [share["share"] for share in shares]
        errors = [[s["share"] - s["low"] for s in shares], [s["high"] - s["share"] for s in shares]]
        colours = [colour if "assistant" in title or title.startswith("…") else OTHERS for title in titles]
        place.barh(titles, values, color=colours, xerr=errors, error_kw={"lw": 0.8, "capsize": 2})
        place.set_xlabel(label + " (held-out)")
        place.set_xlim(left=0)
    axes[0].set_xlim(0, 1)
    save(figure, path)


def flavours(results: dict[str, Any], path: Path) -> None:
    """Exact messages by flavour: held-out and frozen together, and the tuning part."""
    found = results["flavours"]
    unseen: dict[str, list[float]] = {}
    for part in ("heldout", "frozen"):
        for tag, share in found.get(part, {}).items():
            known = unseen.setdefault(tag, [0, 0])
            known[0], known[1] = known[0] + share["right"], known[1] + share["of"]
    tags = sorted(
        (tag for tag, (_, of) in unseen.items() if of >= FEWEST), key=lambda tag: unseen[tag][0] / unseen[tag][1]
    )
    figure, axes = pyplot.subplots(figsize=(7, 0.19 * len(tags) + 1))
    labels = [f"{tag} ({int(unseen[tag][1])})" for tag in tags]
    axes.barh(labels, [unseen[tag][0] / unseen[tag][1] for tag in tags], color=OURS, label="held-out and frozen")
    tuned = [
        (label, found["tuning"][tag]["share"])
        for label, tag in zip(labels, tags, strict=True)
        if tag in found["tuning"]
    ]
    axes.plot([share for _, share in tuned], [label for label, _ in tuned], "o", color="black", ms=3, label="tuning")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.6, len(tags) - 0.4)
    axes.set_xlabel("exact messages (in brackets: messages of the flavour)")
    axes.legend(frameon=False, loc="lower right")
    save(figure, path)


def names(results: dict[str, Any], path: Path) -> None:
    """Names matched first and among five, held-out."""
    titles = list(reversed(results["names"]))
    figure, axes = pyplot.subplots(figsize=(7, 0.4 * len(titles) + 1))
    few = [results["names"][title]["heldout"]["few"]["share"] for title in titles]
    first = [results["names"][title]["heldout"]["first"]["share"] for title in titles]
    axes.barh(titles, few, color=MUTED, label="among five")
    axes.barh(titles, first, color=[OURS if "assistant" in title else OTHERS for title in titles], label="first")
    axes.set_xlim(0, 1)
    axes.set_xlabel("names matched (held-out): coloured first, grey among five")
    save(figure, path)


def curve(fit: dict[str, Any], path: Path) -> None:
    """Coverage against silent errors over all thresholds, with the frontier, the present ones and the best ones."""
    figure, axes = pyplot.subplots(figsize=(6.5, 4))
    points, frontier = fit["points"], fit["frontier"]
    axes.plot(
        [p["coverage"] for p in points], [p["silent_wrong"] for p in points], ".", color=MUTED, label="thresholds tried"
    )
    axes.plot(
        [p["coverage"] for p in frontier], [p["silent_wrong"] for p in frontier], "-", color=OTHERS, label="frontier"
    )
    for name, colour, mark in (("present", OURS, "o"), ("best", SILENT, "x")):
        axes.plot(fit[name]["coverage"], fit[name]["silent_wrong"], mark, color=colour, ms=8, label=name)
    axes.axhline(fit["bound"], color="black", lw=0.6, ls=":", label=f"bound {fit['bound']:.3f}")
    axes.set_xlabel("coverage: lines taken without a question")
    axes.set_ylabel("silent errors per line")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    save(figure, path)


def main(folder: Path) -> None:
    """Draws what the JSON files of the folder have."""
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    orders(results, folder / "orders.svg")
    flavours(results, folder / "flavours.svg")
    names(results, folder / "names.svg")
    if (folder / "fit.json").exists():
        curve(json.loads((folder / "fit.json").read_text(encoding="utf-8")), folder / "curve.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
