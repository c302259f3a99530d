"""Whatever address is asked, the answer is one of 1C's own, never a crash of the demo."""

import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.erp.demo.filter_parse import FilterSyntax, parse

WORDS = st.sampled_from(
    [
        "Артикул",
        "Date",
        "Товары/any(d:",
        "d/Цена",
        "Марка/Description",
        "eq",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "'x'",
        "''",
        "guid'11111111-1111-1111-1111-111111111111'",
        "datetime'2026-01-01T00:00:00'",
        "datetime'9999-99-99'",
        "1.5",
        "-1",
        "true",
        "null",
        "startswith(",
        "year(",
        "cast(",
        "/",
        "'",
        "$",
        "substringof(",
        "Posted",
        "Комментарий",
        "+",
    ]
)
EXPRESSIONS = st.lists(WORDS, max_size=12).map(" ".join)


@given(EXPRESSIONS | st.text(max_size=40))
def test_an_expression_is_read_or_refused(text):
    with contextlib.suppress(FilterSyntax):
        assert parse(text) is not None


@pytest.mark.parametrize("option", ["$filter", "$orderby", "$select", "$expand", "$top"])
def test_any_option_is_answered_by_the_platform(demo, option):
    @settings(max_examples=40, deadline=None)
    @given(EXPRESSIONS | st.text(max_size=30))
    def ask(text):
        url = f"{demo.root}/Document_ЗаказКлиента?{option}={quote(text.encode('utf-8', 'replace'))}"
        answer = demo.http.get(url)
        assert answer.headers["content-type"].startswith("application/json")
        assert "value" in answer.json() or "odata.error" in answer.json()

    ask()


PIECES = st.sampled_from(
    [
        "Catalog_Марки",
        "(",
        ")",
        "guid'",
        "'",
        "Balance",
        "Condition='",
        "/",
        ",",
        "Период",
        "AccumulationRegister_СвободныеОстатки",
        "Dimensions=",
        "Post",
        "$count",
    ]
)


@settings(max_examples=60, deadline=None)
@given(tail=st.lists(PIECES, max_size=8))
def test_any_address_is_answered_by_the_platform(shared_demo, tail):
    answer = shared_demo.http.get(f"{shared_demo.root}/" + quote("".join(tail)))
    assert answer.status_code in {200, 307, 400, 404}
    assert "error" in answer.text or answer.status_code in {200, 307}
