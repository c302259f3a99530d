"""The page is made of the figures alone."""

from typing import Any

from api.benchmark import report
from api.benchmark.floors import Floor, reached, read, write
from api.benchmark.scoring import Share, Verdict, figures

FIGURES = figures([Verdict("1", True, 0, 2, False, 0), Verdict("2", False, 1, 2, True, 1)]).to_json()
SHARE = Share(3, 4, 0.3, 0.954).to_json()
PARTS = {"tuning": FIGURES, "heldout": FIGURES, "frozen": FIGURES}
NAMED = {"heldout": {"first": SHARE, "few": SHARE}}


def toy() -> dict[str, Any]:
    counts = {"goods": 10, "customers": 2, "messages": 2, "must_ask": 1, "names": 4}
    return {
        "made_at": "2025-12-15T10:00+00:00",
        "data": [{"name": "heldout/kiosks", "part": "heldout", **counts}],
        "orders": {
            "assistant": {"title": "this assistant", "parts": PARTS, "sets": {"heldout/kiosks": FIGURES}},
            "diet": {"title": "DIET", "parts": PARTS, "sets": {}, "cutoff": 60.0, "ask_within": None},
        },
        "flavours": {"tuning": {"rare": SHARE}, "heldout": {"typo": Share(3, 8, 0.1, 0.7).to_json()}},
        "beside": {"heldout": {"delivery_date": SHARE, "outlet": SHARE, "notes": SHARE}},
        "names": {"this assistant": NAMED, "WRatio": NAMED},
        "intents": {"heldout": {"all": SHARE, "order": SHARE}},
    }


def test_the_page_has_every_table_and_no_gap() -> None:
    page = report.render(toy(), None)
    assert "$" not in page
    assert "| heldout | 2 | 50.0 % (9–91) | 100.0 % (21–100) | 0.0 % (0–79) | 25.0 % (0–50) |" in page
    assert "«DIET»: целиком верно 50.0 %, молча неверно 25.0 %" in page
    assert "| typo | – | 3 of 8 | – |" in page
    assert "| rare |" not in page, "four messages are too few for a share"
    assert "Not fitted yet" in page


def test_the_fit_is_told_in_words() -> None:
    point = {"reading": 0.08, "likeness": 0.035, "guess": 0.7, "exact": 0.8, "silent_wrong": 0.01, "coverage": 0.9}
    names = {"left_out": 0.85, "present": 0.9}
    fit = {"present": point, "best": point, "points": [point] * 3, "messages": 700, "bound": 0.02, "names": names}
    text = report.fit_text(fit)
    assert "| present | 0.08 | 0.035 | 0.7 | 80.0 % | 1.0 % | 90.0 % |" in text
    assert "3 combinations on 700 tuning messages" in text


def test_floors_lie_below_what_was_reached_and_survive_their_file(tmp_path: Any) -> None:
    solved = figures([Verdict("1", True, 0, 1, False, 0)]).to_json()
    floors = reached({"tuning/a": FIGURES, "tuning/b": solved}, {"tuning/b": NAMED["heldout"], "tuning": SHARE})
    assert floors == {"tuning/a": Floor(0.47, 0.28, 0.0), "tuning/b": Floor(0.97, 0.0, 0.72)}
    write(floors, tmp_path / "floors.csv")
    assert read(tmp_path / "floors.csv") == floors
