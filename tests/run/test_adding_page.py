"""Documents name files that exist: the page about adding things, and every link between documents."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from api.run.paths import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SKILLS = ("session", "ordering", "editing", "catalog", "account", "delivery", "handoff", "fallback")
TOP = {"api", "actions", "rasa_project", "data", "docs", "tests", "models"}


def paths_named(page: Path) -> set[str]:
    """What stands between backticks and begins with one of our folders."""
    words = re.findall(r"`([^`\s]+)`", page.read_text(encoding="utf-8"))
    return {word for word in words if "/" in word and word.split("/")[0] in TOP}


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_file_on_the_adding_page_exists() -> None:
    named = paths_named(ROOT / "docs" / "adding.md")
    assert len(named) > 20
    missing = []
    for path in named:
        for skill in SKILLS if path.startswith("actions/<skill>") else ("delivery",):
            real = path.replace("<skill>", skill)
            # <kind>, <table>: the folder above them is there.
            real = re.sub(r"/?<\w+>.*$", "", real)
            if not (ROOT / real).exists():
                missing.append(real)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    # Rasa marks pieces of examples as Markdown does links: what is shown as code is none.
    words = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", words):
        if "://" in target:
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), target
