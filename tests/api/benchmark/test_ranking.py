"""The peers' rankers agree with what they imitate, and with RapidFuzz's batch."""

import pytest
from rapidfuzz import fuzz, process, utils

from api.benchmark.peers.ranking import RANKERS, grams

NAMES = ["Молоко Луговое 3,2% 1л", "Молоко Луговое 2,5% 1л", "Кефир Степной 1% 0,5л", "Сыр Российский 45%"]


@pytest.mark.parametrize("title", RANKERS)
def test_the_best_name_comes_first_and_scores_are_shares_of_a_hundred(title: str) -> None:
    found = RANKERS[title](NAMES)("кефир степной", 2)
    assert found[0][0] == 2
    assert len(found) == 2
    assert 0 <= found[1][1] <= found[0][1] <= 100.001


def test_extract_agrees_with_cdist() -> None:
    plain = [utils.default_process(name) for name in NAMES]
    queries = ["молоко луговое 2,5", "сыр", "кефер"]
    scores = process.cdist([utils.default_process(query) for query in queries], plain, scorer=fuzz.token_set_ratio)
    rank = RANKERS["token_set_ratio"](NAMES)
    for query, row in zip(queries, scores, strict=True):
        assert {place: round(score, 3) for place, score in rank(query, len(NAMES))} == {
            place: round(float(score), 3) for place, score in enumerate(row)
        }


def test_grams_stay_within_words() -> None:
    assert grams("ab c") == {" a": 1, "ab": 1, "b ": 1, " ab": 1, "ab ": 1, " ab ": 1, " c": 1, "c ": 1, " c ": 1}


def test_ngrams_of_nothing_known_score_nothing() -> None:
    assert all(score == 0 for _, score in RANKERS["TF-IDF n-grams"](NAMES)("zzz", 4))
