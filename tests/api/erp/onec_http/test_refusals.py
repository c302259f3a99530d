"""Every way in which the service, the web server or the line can fail has its words, its permanence and its reason."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from api.domain.customer import CardChange, CardField
from api.domain.order import OrderLine, OrderStatus
from api.erp.errors import ErpConflict, ErpError, Reason
from api.erp.http import HttpLimits
from api.erp.onec_http.refusals import REASONS
from tests.api.erp.conformance import all_of
from tests.api.erp.onec_http.conftest import HsWorld, Service, open_service
from tests.api.erp.worlds import draft

EACH = [
    ("other", "не приняла операцию", True, Reason.OTHER),
    ("credit", "кредитный лимит", True, Reason.CREDIT),
    ("stock", "не хватает товара", True, Reason.STOCK),
    ("goods", "закрыт для продажи", True, Reason.GOODS),
    ("price", "цены в ней уже другие", True, Reason.PRICE),
    ("customer", "Клиента, его соглашения", True, Reason.CUSTOMER),
    ("period", "дата закрыта", True, Reason.PERIOD),
    ("late", "уже в работе", True, Reason.LATE),
    ("rights", "нужного права", True, Reason.RIGHTS),
    ("invalid", "по разным версиям договора", True, Reason.OTHER),
    ("busy", "занята", False, Reason.OTHER),
]


@pytest.mark.parametrize(("code", "words", "permanent", "reason"), EACH)
async def test_each_code(world: HsWorld, code: str, words: str, permanent: bool, reason: Reason) -> None:
    await world.misbehave(refuse={"code": code, "times": 1})
    sent = draft(world)
    with pytest.raises(ErpError) as refused:
        await world.erp.place(sent)
    assert words in refused.value.message
    assert (refused.value.permanent, refused.value.reason) == (permanent, reason)
    assert "Отказ по требованию теста" in refused.value.evidence
    assert "Отказ по требованию теста" not in refused.value.message
    assert await world.documents(sent.key) == 0


def test_no_code_is_without_words() -> None:
    assert set(REASONS) == {code for code, *_ in EACH} | {"missing", "conflict"}
    assert {reason for reason, _ in REASONS.values()} == set(Reason)


async def test_natural_refusals(world: HsWorld) -> None:
    """Not by a switch: what the base itself finds wrong."""
    await world.misbehave(stock_control=True)
    first, second = draft(world).lines
    much = OrderLine(first.product_id, Decimal(99999), first.price)
    yesterday = world.clock.now().date() - timedelta(days=1)
    cases = {
        Reason.STOCK: draft(world, lines=(much, second)),
        Reason.PRICE: draft(world, lines=(OrderLine(first.product_id, first.quantity, Decimal("1.00")), second)),
        Reason.PERIOD: draft(world, delivery_date=yesterday),
        Reason.CUSTOMER: draft(world, outlet_id="nowhere"),
        Reason.GOODS: draft(world, lines=(OrderLine("nothing", Decimal(1), Decimal(1)), second)),
    }
    for reason, sent in cases.items():
        with pytest.raises(ErpError) as refused:
            await world.erp.place(sent)
        assert (refused.value.reason, refused.value.permanent) == (reason, True)
        assert await world.documents(sent.key) == 0


async def test_an_agreed_price_is_written_where_1c_may_not_check(world: HsWorld, service: Service) -> None:
    erp = open_service(service.url, check_prices=False)
    first, second = draft(world).lines
    placed = await erp.place(draft(world, lines=(OrderLine(first.product_id, first.quantity, Decimal("1.00")), second)))
    assert placed.lines[0].price == 1
    assert placed.differences == ()
    await erp.close()


async def test_credit_control_refuses_the_posting_and_the_document_stays(world: HsWorld) -> None:
    await world.faults(debt_control=True)
    debtor = next(customer for customer in await all_of(world.erp.customers()) if customer.code == "BISTRO-DOLG")
    sent = draft(world, customer_id=debtor.id, outlet_id=debtor.outlets[0].id, warehouse_id=None)
    quote = await world.erp.quote(sent)
    assert quote.credit is False
    assert quote.balance is not None
    assert quote.balance.debt > 0
    pairs = zip(sent.lines, quote.lines, strict=True)
    sent = replace(sent, lines=tuple(replace(line, price=quoted.price or line.price) for line, quoted in pairs))
    with pytest.raises(ErpError) as refused:
        await world.erp.place(sent)
    assert refused.value.reason is Reason.CREDIT
    assert "не провела" in refused.value.message
    assert "Превышена" in refused.value.evidence
    assert "Превышена" not in refused.value.message
    found = await world.erp.find(sent.key)
    assert found is not None
    assert found.status is OrderStatus.FAILED


async def test_another_body_under_the_key(world: HsWorld) -> None:
    """Rewritten while nobody has touched the document; refused afterwards; the same body is always welcome."""
    sent = draft(world)
    first = await world.erp.place(sent)
    other = draft(world, key=sent.key, comment="Позвонить за два часа")
    again = await world.erp.place(other)
    assert (again.erp_id, again.differences, again.status) == (first.erp_id, (), OrderStatus.ACCEPTED)
    await world.set_status(sent.key, OrderStatus.PICKING)
    assert (await world.erp.place(other)).status is OrderStatus.PICKING
    with pytest.raises(ErpError) as late:
        await world.erp.place(sent)
    assert (late.value.reason, late.value.permanent) == (Reason.LATE, True)
    assert await world.documents(sent.key) == 1


async def test_too_late_to_cancel_has_its_reason(world: HsWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.set_status(sent.key, OrderStatus.SHIPPED)
    with pytest.raises(ErpError) as late:
        await world.erp.cancel(sent.key)
    assert late.value.reason is Reason.LATE


async def test_a_slow_answer_is_a_lost_one(world: HsWorld, service: Service) -> None:
    """The order is written, the answer comes after our patience has ended."""
    await world.misbehave(slow_answer_seconds=1)
    hasty = open_service(service.url, limits=HttpLimits(read=0.3, first_wait=0.01, attempts=1))
    sent = draft(world)
    with pytest.raises(ErpError) as slow:
        await hasty.place(sent)
    assert (slow.value.permanent, "не отвечает" in slow.value.message) == (False, True)
    await hasty.close()
    await world.misbehave()
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED
    assert await world.documents(sent.key) == 1


async def test_half_an_answer_is_a_lost_one(world: HsWorld) -> None:
    await world.misbehave(half_body=1)
    sent = draft(world)
    with pytest.raises(ErpError) as half:
        await world.erp.place(sent)
    assert not half.value.permanent
    assert (await world.erp.place(sent)).differences == ()
    assert await world.documents(sent.key) == 1
    await world.misbehave(half_body=1)
    assert await all_of(world.erp.warehouses())  # a reading is repeated by itself


async def test_the_web_servers_own_404_is_not_a_missing_order(world: HsWorld) -> None:
    sent = draft(world)
    await world.misbehave(page_missing=1)
    with pytest.raises(ErpError) as gone:
        await world.erp.find(sent.key)
    assert (gone.value.permanent, "адрес публикации" in gone.value.message) == (True, True)
    assert await world.erp.find(sent.key) is None


async def test_a_locked_user(world: HsWorld) -> None:
    await world.misbehave(revoked=True)
    with pytest.raises(ErpError) as locked:
        await world.erp.place(draft(world))
    assert (locked.value.permanent, locked.value.reason) == (True, Reason.RIGHTS)
    assert "имя и пароль" in locked.value.message


async def test_too_many_requests(world: HsWorld) -> None:
    await world.misbehave(rate_limited=1)
    with pytest.raises(ErpError) as busy:
        await world.erp.place(draft(world))
    assert (busy.value.permanent, busy.value.retry_after) == (False, 1)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_accident_of_the_server_may_pass(world: HsWorld, status: int) -> None:
    await world.faults(fail_next={"status": status, "times": 1})
    with pytest.raises(ErpError) as accident:
        await world.erp.place(draft(world))
    assert not accident.value.permanent


async def test_a_key_that_1c_would_cut_is_refused_at_once(world: HsWorld) -> None:
    with pytest.raises(ErpError) as long:
        await world.erp.place(draft(world, key="AI-" + "1" * 30))
    assert (long.value.permanent, "не помещается" in long.value.message) == (True, True)


async def test_cards_that_are_not_there(world: HsWorld) -> None:
    change = CardChange("C-9", world.customer.id, CardField.PHONE, "nobody", "", "+79000000078")
    with pytest.raises(ErpError) as unknown:
        await world.erp.change_card(change)
    assert (unknown.value.permanent, unknown.value.reason) == (True, Reason.CUSTOMER)


async def test_a_phone_is_compared_by_its_digits(world: HsWorld) -> None:
    person = world.customer.contacts[0]
    digits = "+" + "".join(letter for letter in person.phone if letter.isdigit())
    change = CardChange("C-10", world.customer.id, CardField.PHONE, person.id, digits, "+79000000079")
    assert await world.erp.change_card(change) == person.id
    with pytest.raises(ErpConflict) as conflict:
        await world.erp.change_card(CardChange("C-11", world.customer.id, CardField.PHONE, person.id, digits, "+79"))
    assert conflict.value.stored == "+79000000079"
    back = CardChange("C-12", world.customer.id, CardField.PHONE, person.id, "+79000000079", person.phone)
    assert await world.erp.change_card(back) == person.id
