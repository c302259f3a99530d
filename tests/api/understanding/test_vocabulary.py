"""From a customer's word to the words of the catalogue."""

import odd_world
import pytest
import small_world
from small_world import cart_of

from api.understanding.read import read
from api.understanding.vocabulary import EXACT, Vocabulary


@pytest.mark.parametrize(
    "text",
    ["кефир 5", "КЕФИРА 5", "кефирчик 5", "кифир 5", "кефр 5", "rtabh 5", "kefir 5", "kefira 5", "кeфиp 5", "кеф. 5"],
)
def test_one_product_in_all_spellings(text: str) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == {"kef": "5"} and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("молочко 3,2 5", {"m32": "5"}), ("картошечки 10 кг", {"pot": "10"}), ("стаканчики 2 уп", {"cup": "2"}),
        ("карамельный сироп 2", {"smk": "2"}), ("ванильный сироп 2", {"smv": "2"}), ("сир. ваниль 2", {"smv": "2"}),
        ("яички 30", {"egg": "30"}), ("сахарный песок 1кг 3", {"s1": "3"}), ("мол. 3,2% 5", {"m32": "5"}),
        ("хлебушек дарницкий 2", {"bread": "2"}),
    ],
)  # fmt: skip
def test_diminutives_adjectives_stubs_and_abbreviations(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, small_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


@pytest.mark.parametrize(
    ("text", "cart"),
    [
        ("помидоры 3 кг", {"tom": "3"}), ("оливковое масло 3", {"oil": "3"}), ("маринованные огурцы 8", {"cuc": "8"}),
        ("вишнёвый сок 4", {"jc": "4"}), ("томатный сок 5", {"jt": "5"}), ("минералка 0,5 12", {"w05": "12"}),
    ],
)  # fmt: skip
def test_synonyms_and_clipped_names(text: str, cart: dict[str, str]) -> None:
    outcome = read(text, odd_world.context())
    assert cart_of(outcome) == cart and not outcome.questions


def test_a_word_of_the_catalogue_is_exact_and_the_best() -> None:
    found = Vocabulary(("кефир", "кефирный", "зефир"), set()).find("кефира")
    assert found["кефир"] == EXACT == max(found.values())
    assert "зефир" not in found


def test_a_real_word_is_no_misspelling_of_another() -> None:
    assert "содовая" not in Vocabulary(("содовая",), set()).find("садовая")


def test_a_stub_is_told_by_its_stop() -> None:
    vocabulary = Vocabulary(("молоко", "молочный"), set())
    assert "молочный" in vocabulary.find("молоч", (), True)
    assert vocabulary.find("моло", ()) == vocabulary.find("моло", (), True) != {}


def test_a_clipped_word_of_a_name_is_found_by_the_whole_word() -> None:
    vocabulary = Vocabulary(("олив",), {"олив"})
    assert vocabulary.find("оливковое") and vocabulary.cuts("олив.".rstrip("."))
    assert not vocabulary.cuts("масло")


def test_typing_errors_do_not_name() -> None:
    vocabulary = Vocabulary(("кефир",), set())
    assert vocabulary.named("кефира") and not vocabulary.named("кифир")


def test_an_unknown_word_is_like_some() -> None:
    found = Vocabulary(("фундук", "фунчоза"), set()).alike("фундучок")
    assert max(found, key=lambda form: found[form]) == "фундук"
    assert all(0 < likeness < 0.7 for likeness in found.values())


@pytest.mark.parametrize("word", ["", "🙂", "ы" * 10_000, "a" * 10_000, "-", "5"])
def test_no_word_raises_or_means_anything_by_chance(word: str) -> None:
    vocabulary = Vocabulary(("кефир", "quickbee"), set())
    assert vocabulary.find(word) == {} == vocabulary.alike(word)


@pytest.mark.parametrize("word", ["чука", "пури"])
def test_a_short_word_is_no_other_short_word_misspelt(word: str) -> None:
    assert not Vocabulary(["мука", "перо", "кур"], set()).find(word)
