"""Twenty labels of our choice teach more than twenty of the least sure, or twenty at random."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.training.selection import Choice, Heard, choose, doubt, weight

N = 20
KINDS = {
    "без накладной": (["отгрузите", "отпустите", "выдайте", "привезите"], ["без накладной", "без документов"],
                      ["пожалуйста", "сегодня", "нам", "в этот раз"]),
    "поддоны": (["заберите", "верните", "спишите", "примите"], ["пустые поддоны", "поддоны обратно"],
                ["со склада", "завтра", "с точки", "после обеда"]),
    "образцы": (["пришлите", "дайте", "можно"], ["образцы на пробу", "пробники новинок"],
                ["для кухни", "повару", "бесплатно"]),
    "самовывоз": (["заедем", "приедем", "подъедем"], ["сами за товаром", "сами на склад"],
                  ["к трём", "утром", "своей машиной"]),
    "холод": (["привезли", "опять"], ["тёплое мороженое", "растаявшее мороженое", "подтаявшую рыбу"],
              ["в машине без холода", "рефрижератор сломан"]),
    "маркировка": (["не читаются", "пришли без"], ["коды маркировки", "честного знака"], ["на молочке", "на воде"]),
    "отсрочка": (["дайте", "продлите", "увеличьте"], ["отсрочку платежа", "отсрочку"], ["на месяц", "на неделю"]),
    "график": (["поменяйте", "сдвиньте"], ["график завоза", "день завоза"], ["на среду", "на выходные"]),
}  # fmt: skip
"""Of what the model knows nothing yet: the new kinds, from the oftenest to the rarest."""
KNOWN = {
    "order": ["молоко {n} штук", "кефир {n} и сметана {n}", "батон {n} хлеб {n}", "сахар {n} мешка"],
    "order_status": ["где мой заказ {n}", "когда привезут заказ {n}"],
    "balance": ["сколько мы должны", "какой у нас долг"],
}


def phrases(kind: str) -> list[str]:
    return [" ".join(words) for words in product(*KINDS[kind])]


def month(seed: int) -> tuple[list[Heard], dict[str, str]]:
    """What was heard, and what it truly means by its key."""
    dice = random.Random(seed)
    pool, truth = [], {}

    def add(text: str, kind: str, times: int, top: float, second: float) -> None:
        if text not in truth:
            ranking = (("order", top), ("documents", second))
            pool.append(Heard(text, text, times, max(1, times // 2), ranking))
            truth[text] = kind

    for rank, kind in enumerate(KINDS):
        for text in phrases(kind):
            add(text, kind, dice.randint(1, 12 - rank), dice.uniform(0.32, 0.6), dice.uniform(0.15, 0.3))
    # One customer's many unlucky ways to say one thing: the least sure after the noise.
    for text in product(
        ["запишите", "пишите", "впишите"], ["на доставку", "в лист", "в маршрут"], ["нас", "меня", "точку"]
    ):
        add(" ".join(text), "запись", 1, dice.uniform(0.31, 0.36), 0.28)
    for _ in range(60):
        noise = "".join(dice.choice("йцукенгшщзхъфывапролджэячсмитьбю") for _ in range(dice.randint(5, 12)))
        add(noise, "noise", 1, dice.uniform(0.3, 0.34), 0.29)
    for intent, shapes in KNOWN.items():
        for shape in shapes:
            for n in range(40):
                add(shape.format(n=f"{n} "), intent, dice.randint(1, 60), dice.uniform(0.85, 0.99), 0.01)
    return pool, truth


def least_sure(pool: Sequence[Heard]) -> list[str]:
    return [one.key for one in sorted(pool, key=lambda one: (one.ranking[0][1], one.key))[:N]]


def at_random(pool: Sequence[Heard]) -> list[str]:
    return [one.key for one in random.Random(1).sample(list(pool), N)]


def ours(pool: Sequence[Heard]) -> list[str]:
    return [one.heard.key for one in choose(pool, N)]


def new_kinds(keys: Sequence[str], truth: dict[str, str]) -> int:
    return len({truth[key] for key in keys} & set(KINDS))


def grams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def accuracy(keys: Sequence[str], pool: Sequence[Heard], truth: dict[str, str]) -> float:
    """Of a nearest-neighbour learner on the messages of new kinds that nobody labelled, as often as they are said."""
    taught = [(grams(key), truth[key]) for key in keys] + [
        (grams(shape), intent) for intent, shapes in KNOWN.items() for shape in shapes
    ]
    right = whole = 0
    for one in pool:
        if truth[one.key] in KINDS and one.key not in keys:
            said = grams(one.text)
            guess = max(taught, key=lambda known: len(said & known[0]) / max(len(said | known[0]), 1))[1]
            right += one.times * (guess == truth[one.key])
            whole += one.times
    return right / whole


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("other", [least_sure, at_random])
def test_it_finds_more_new_kinds_and_teaches_more(seed: int, other: Callable[[Sequence[Heard]], list[str]]) -> None:
    pool, truth = month(seed)
    mine, theirs = ours(pool), other(pool)
    assert new_kinds(mine, truth) == len(KINDS)
    assert new_kinds(mine, truth) > new_kinds(theirs, truth)
    assert accuracy(mine, pool, truth) > accuracy(theirs, pool, truth) + 0.15
    assert accuracy(mine, pool, truth) > 0.9


def heard(text: str, times: int = 1, top: float = 0.4, people: int = 1, differs: str = "") -> Heard:
    return Heard(text, text, times, people, (("order", top), ("balance", (1 - top) / 2)), differs)


def texts(choices: Sequence[Choice]) -> list[str]:
    return [one.heard.text for one in choices]


def test_variants_of_one_thing_do_not_take_all_places() -> None:
    variants = [heard(f"отгрузите без накладной {word}", top=0.34) for word in ("нам", "сегодня", "завтра", "утром")]
    chosen = choose([*variants, heard("заберите пустые поддоны", top=0.45)], 2)
    assert sorted(text.split()[0] for text in texts(chosen)) == ["заберите", "отгрузите"]
    assert chosen[0].alike == 3 and chosen[0].alike_times == 3


def test_often_and_by_many_goes_before_rarely() -> None:
    assert texts(choose([heard("нужен пропуск"), heard("где водитель", times=9, people=5)], 1)) == ["где водитель"]
    assert weight(heard("а", times=9, people=9)) > weight(heard("а", times=9, people=1))


def test_what_is_like_labelled_words_waits() -> None:
    pool = [heard("отгрузите без накладной завтра", times=5, people=5), heard("заберите поддоны")]
    assert texts(choose(pool, 2))[0] == "отгрузите без накладной завтра"
    assert texts(choose(pool, 2, ["отгрузите без накладной сегодня завтра"]))[0] == "заберите поддоны"


def test_where_a_candidate_differs_is_doubtful_too() -> None:
    sure = heard("накладную на молоко", top=0.98)
    assert doubt(sure.ranking) < 0.1 < doubt(sure.ranking, "documents")


RANKINGS = st.lists(st.floats(0, 1), max_size=3).map(
    lambda shares: tuple((f"i{at}", share) for at, share in enumerate(sorted(shares, reverse=True)))
)
POOLS = st.lists(
    st.builds(Heard, st.text("абвг ", max_size=6), st.text("абвг 1", max_size=12), st.integers(1, 50),
              st.integers(0, 9), RANKINGS, st.sampled_from(["", "order"])),
    max_size=25,
)  # fmt: skip


@given(POOLS, st.integers(0, 30), st.lists(st.text("абвг ", max_size=9), max_size=3), st.randoms())
@settings(deadline=None, max_examples=60)
def test_laws(pool: list[Heard], n: int, known: list[str], dice: random.Random) -> None:
    chosen = choose(pool, n, known)
    keys = [one.heard.key for one in chosen]
    assert len(keys) == len(set(keys)) == min(n, len({one.key for one in pool}))
    assert all(one.heard in pool and 0 <= one.doubt <= 1 for one in chosen)
    shuffled = pool.copy()
    dice.shuffle(shuffled)
    if len({one.key for one in pool}) == len(pool):
        assert choose(shuffled, n, known) == chosen
    assert choose(pool, n // 2, known) == chosen[: n // 2]


@given(st.lists(st.floats(0, 1), max_size=3))
def test_doubt_is_a_share(shares: list[float]) -> None:
    ranking = [(str(at), share) for at, share in enumerate(sorted(shares, reverse=True))]
    assert 0 <= doubt(ranking) <= doubt(ranking, "order") <= 1


def test_two_thousand_take_seconds_only() -> None:
    words = product(("везите", "дайте", "где", "сколько") * 10, [f"слово{n % 7}о{n}" for n in range(50)])
    pool = [heard(f"{first} {second} {n}х", top=0.3 + n % 60 / 100) for n, (first, second) in enumerate(words)]
    began = time.perf_counter()
    assert len(choose(pool, 100)) == 100
    assert time.perf_counter() - began < 8
