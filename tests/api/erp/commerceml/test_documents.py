"""What is written for 1C is read back the same, and stands in the schema's order."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import SecretStr

from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.erp.commerceml import documents
from api.erp.commerceml.documents import Waiting
from api.erp.commerceml.goods import Named
from api.erp.commerceml.node import Node
from api.erp.commerceml.settings import CommercemlSettings

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOW = datetime(2025, 12, 15, 12, tzinfo=UTC)
SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("order.xsd"))))

texts = st.text(max_size=60)
ids = st.text("0123456789abcdef-#", min_size=1, max_size=40)
money = st.decimals("0.01", "999999.99", places=2)
amounts = st.decimals("0.001", "9999", places=3)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, fold=0, tzinfo=ZONE)
)
lines = st.builds(OrderLine, ids, amounts, money, st.sampled_from(["", "кор", "упак"]))
drafts = st.builds(
    OrderDraft,
    key=st.text("AI-0123456789abcdef", min_size=5, max_size=40),
    customer_id=ids,
    outlet_id=st.none(),
    warehouse_id=st.none() | ids,
    delivery_date=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    window_start=st.just(time(9)),
    window_end=st.just(time(12)),
    lines=st.lists(lines, min_size=1, max_size=5, unique_by=lambda line: line.product_id).map(tuple),
    address=texts,
    comment=st.text(max_size=4000),
)
companies: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": texts.filter(lambda text: bool(text.strip())),
        "tax_id": st.sampled_from(["", "7701234567", "770123456789"]),
    }
)


@given(drafts, moments, companies, texts, st.sampled_from(["шт", "кг", "ведро"]), st.booleans(), st.booleans())
def test_what_is_written_is_read_back(
    draft: OrderDraft,
    created: datetime,
    company: dict[str, Any],
    name: str,
    unit: str,
    cancelled: bool,
    in_utf8: bool,
) -> None:
    settings = CommercemlSettings(password=SecretStr("x" * 8), encoding="utf-8" if in_utf8 else "windows-1251")
    goods = {line.product_id: Named(name, unit) for line in draft.lines}
    content = documents.write([Waiting(draft, created, cancelled, company, goods)], NOW, "2.08", settings)
    root = etree.fromstring(content)
    SCHEMA.assertValid(root)
    told = documents.read(Node(root[0]), ZONE, settings)
    assert told is not None
    assert (told.id, told.number, told.customer_id) == (draft.key, draft.key, draft.customer_id)
    assert (told.created, told.delivery_date) == (created, draft.delivery_date)
    assert told.status is (OrderStatus.CANCELLED if cancelled else OrderStatus.ACCEPTED)
    assert all(
        abs(mine.sum - theirs.sum) <= Decimal("0.01") for mine, theirs in zip(draft.lines, told.lines, strict=True)
    )
    assert [(row.product_id, row.quantity, row.unit) for row in told.lines] == [
        (row.product_id, row.quantity, row.unit) for row in draft.lines
    ]


def test_prices_come_back_to_the_kopeck() -> None:
    settings = CommercemlSettings(password=SecretStr("x" * 8))
    sent = OrderLine("p", Decimal("0.333"), Decimal("99.90"))
    draft = OrderDraft("AI-1", "k", None, None, date(2025, 12, 16), time(9), time(12), (sent,))
    waiting = Waiting(draft, NOW, False, {"name": "ООО", "tax_id": ""}, {"p": Named("Сыр", "кг")})
    told = documents.read(Node(etree.fromstring(documents.write([waiting], NOW, "2.08", settings))[0]), ZONE, settings)
    assert told is not None
    assert told.lines == (sent,)


def test_no_orders_are_an_empty_file() -> None:
    settings = CommercemlSettings(password=SecretStr("x" * 8))
    root = etree.fromstring(documents.write([], NOW, "2.05", settings))
    assert (root.tag, len(root), root.get("ВерсияСхемы")) == ("КоммерческаяИнформация", 0, "2.05")


@pytest.mark.parametrize("operation", ["Отпуск товара", "Счет на оплату", ""])
def test_other_documents_are_no_orders(operation: str) -> None:
    element = etree.fromstring(f"<Документ><Ид>1</Ид><ХозОперация>{operation}</ХозОперация></Документ>")
    assert documents.read(Node(element), ZONE, CommercemlSettings(password=SecretStr("x" * 8))) is None
