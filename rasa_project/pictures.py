"""Pictures for a model's card: what is taken for what, and how sure the model is, right or wrong."""

from collections import Counter
from pathlib import Path
from typing import Any, List

import matplotlib
import numpy as np
from evaluation import FALLBACK, Verdict
from intent_titles import TITLES

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.colors import LinearSegmentedColormap, LogNorm

INK, PAPER, RIGHT, WRONG, ASKED = "#222222", "#ffffff", "#2f7d4f", "#c0392b", "#b8860b"
SHADES = LinearSegmentedColormap.from_list("blue", ["#eaf1fb", "#2b5fa8"])
MISTAKES = LinearSegmentedColormap.from_list("red", ["#f7c9c2", "#c0392b"])
BINS = np.linspace(0, 1, 21)
DPI = 110


def confusion(verdicts: List[Verdict], path: Path) -> None:
    """A row an intent that was meant, a column one that was read; mistakes in red."""
    rows = sorted({v.expected for v in verdicts})
    columns = [*sorted({*rows, *(v.got for v in verdicts)} - {FALLBACK}), FALLBACK]
    counts = Counter((v.expected, v.got) for v in verdicts)
    table = np.array([[counts[row, column] for column in columns] for row in rows], dtype=float)
    on_diagonal = np.array([[row == column for column in columns] for row in rows])
    figure, axes = pyplot.subplots(figsize=(10, 9), facecolor=PAPER)
    shade = LogNorm(1, max(table.max(), 2))
    axes.imshow(np.where(on_diagonal & (table > 0), table, np.nan), cmap=SHADES, norm=shade)
    axes.imshow(np.where(~on_diagonal & (table > 0), table, np.nan), cmap=MISTAKES, norm=LogNorm(1, 8, clip=True))
    for (y, x), count in np.ndenumerate(table):
        if count:
            dark = on_diagonal[y, x] and shade(count) > 0.5
            axes.text(x, y, int(count), ha="center", va="center", fontsize=9, color=PAPER if dark else INK)
    axes.set_xticks(range(len(columns)), [TITLES.get(name, name) for name in columns], rotation=60, ha="right")
    axes.set_yticks(range(len(rows)), [TITLES.get(name, name) for name in rows])
    axes.set_xticks(np.arange(len(columns)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows)) - 0.5, minor=True)
    axes.grid(which="minor", color="#e6e6e6", linewidth=0.6)
    axes.tick_params(which="both", length=0, labelsize=9)
    axes.set(xlabel="понято как", ylabel="имелось в виду")
    right = sum(v.got == v.expected for v in verdicts)
    axes.set_title(f"Что с чем путается: своих фраз {len(verdicts)}, верно {right}", fontsize=12, pad=12)
    _save(figure, path)


def confidence(verdicts: List[Verdict], path: Path) -> None:
    """How many phrases were read with which confidence: right, wrong, and not understood."""
    groups = (
        ("неверно", WRONG, [v.confidence for v in verdicts if v.got not in (v.expected, FALLBACK)]),
        (TITLES[FALLBACK], ASKED, [v.confidence for v in verdicts if v.got == FALLBACK]),
        ("верно", RIGHT, [v.confidence for v in verdicts if v.got == v.expected]),
    )
    figure, axes = pyplot.subplots(figsize=(8, 4.2), facecolor=PAPER)
    axes.hist(
        [values for _, _, values in groups],
        bins=BINS,
        stacked=True,
        color=[colour for _, colour, _ in groups],
        label=[f"{name} ({len(values)})" for name, _, values in groups],
        edgecolor=PAPER,
        linewidth=0.6,
    )
    # A few mistakes beside hundreds of right answers would not be seen on a plain scale.
    axes.set_yscale("symlog", linthresh=10)
    ticks = [0, 2, 5, 10, 30, 100, 300, 1000]
    tallest = max(np.histogram([v.confidence for v in verdicts], BINS)[0].max(), 5)
    axes.set_ylim(0, tallest * 1.3)
    axes.set_yticks([tick for tick in ticks if tick <= tallest * 1.3], minor=False)
    axes.set_yticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set(xlabel="уверенность", ylabel="фраз", xlim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title("Насколько модель уверена в ответе", fontsize=12, pad=10)
    axes.legend(loc="upper left", frameon=False)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=DPI, bbox_inches="tight", facecolor=PAPER, metadata={"Software": None})
    pyplot.close(figure)
