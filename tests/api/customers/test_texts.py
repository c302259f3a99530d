"""Laws of numbers and codes, however people and messengers write them."""

from hypothesis import given
from hypothesis import strategies as st

from api.customers import codes, phones

DIGITS = st.text("0123456789", min_size=7, max_size=7)
MARKS = st.sampled_from(["", " ", "-", ") ", " ("])


@given(DIGITS, st.sampled_from(["+7", "8", "7"]), st.lists(MARKS, min_size=2, max_size=2))
def test_one_number_however_it_is_written(digits: str, start: str, marks: list[str]) -> None:
    written = f"{start} 900 {digits[:3]}-{digits[3:5]}-{digits[5:]}"
    assert phones.number(written) == f"+7900{digits}"
    assert phones.vouched(f"{start}{marks[0]}900{marks[1]}{digits}") == f"+7900{digits}"


@given(DIGITS, DIGITS)
def test_a_field_with_two_numbers_holds_two(one: str, other: str) -> None:
    found = phones.numbers_in(f"8 900 {one[:3]} {one[3:]}, +7 901 {other[:3]} {other[3:]}")
    assert found == [f"+7900{one}", f"+7901{other}"]


def test_the_number_of_a_switchboard_is_nobody_s() -> None:
    assert phones.numbers_in("+7 812 555-12-12 доб. 45") == []


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_number_or_none(text: str) -> None:
    for phone in phones.numbers_in(text):
        assert phone.startswith("+")
        assert phones.vouched(phone) == phone


@given(st.text(max_size=40))
def test_a_code_is_normalized_once_and_for_all(text: str) -> None:
    assert codes.normalized(codes.normalized(text)) == codes.normalized(text)


LETTERS = st.text(codes.ALPHABET, min_size=4, max_size=4)


@given(LETTERS, LETTERS, LETTERS)
def test_an_issued_code_survives_people(one: str, two: str, three: str) -> None:
    code = f"{one}-{two}-{three}"
    cyrillic = code.translate(str.maketrans("ABCEHKMPTX", "АВСЕНКМРТХ"))
    assert {codes.digest(way) for way in (code, code.lower(), code.replace("-", " "), f" {cyrillic.lower()} ")} == {
        codes.digest(code)
    }
