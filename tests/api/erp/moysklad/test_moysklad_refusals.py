"""Every refusal of the emulator becomes a worded outcome: what a person reads, whether it passes, and why."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from api.domain.order import OrderLine, OrderStatus
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.http import BUSY, MOVED, NO_RIGHT, SILENT, HttpLimits
from api.erp.moysklad.backend import Moysklad
from api.erp.moysklad.refusals import (
    BAD_TOKEN,
    CLOSED,
    CUT,
    FAILED,
    MEANINGS,
    NO_CRM,
    NO_STOCK,
    NOT_THERE,
    NOT_UNDERSTOOD,
    TOO_MUCH,
    TRANSIENT,
)
from tests.api.erp.conformance import all_of
from tests.api.erp.moysklad.emulator.faults import Faults
from tests.api.erp.moysklad.world import MoyskladWorld, open_emulator
from tests.api.erp.worlds import draft

Calls = Callable[[Moysklad], Awaitable[Any]]


async def refused(call: Awaitable[Any]) -> ErpError:
    with pytest.raises(ErpError) as error:
        await call
    return error.value


READS: list[tuple[Faults, Calls, str, bool, Reason]] = [
    (Faults(token_revoked=True), lambda erp: erp.ping(), BAD_TOKEN, True, Reason.RIGHTS),
    (Faults(down=True), lambda erp: erp.ping(), BUSY, False, Reason.OTHER),
    (Faults(fail_next=[(500, 0)] * 9), lambda erp: erp.ping(), FAILED, False, Reason.OTHER),
    (Faults(fail_next=[(502, 0)] * 9), lambda erp: erp.ping(), BUSY, False, Reason.OTHER),
    (Faults(fail_next=[(400, 1014)]), lambda erp: erp.ping(), NOT_UNDERSTOOD, True, Reason.OTHER),
    (Faults(fail_next=[(400, 1074)] * 9), lambda erp: erp.ping(), FAILED, False, Reason.OTHER),
    (Faults(fail_next=[(301, 0)]), lambda erp: erp.ping(), MOVED, True, Reason.OTHER),
    (Faults(fail_next=[(404, 0)]), lambda erp: erp.ping(), MOVED, True, Reason.OTHER),
    (Faults(half_body=9), lambda erp: erp.ping(), CUT, False, Reason.OTHER),
    (Faults(slow_first_byte=0.6), lambda erp: erp.ping(), SILENT, False, Reason.OTHER),
    (Faults(hidden={"counterparty"}), lambda erp: all_of(erp.customers()), NO_RIGHT, True, Reason.RIGHTS),
    (Faults(no_crm=True), lambda erp: all_of(erp.balances()), NO_CRM, True, Reason.RIGHTS),
    (Faults(no_stock_right=True), lambda erp: all_of(erp.stock()), NO_STOCK, True, Reason.RIGHTS),
]


@pytest.mark.parametrize(("faults", "call", "message", "permanent", "reason"), READS)
async def test_a_refused_read(
    world: MoyskladWorld, faults: Faults, call: Calls, message: str, permanent: bool, reason: Reason
) -> None:
    hasty = open_emulator(world.store, limits=HttpLimits(read=0.3, attempts=2, first_wait=0.01))
    world.store.faults = faults
    error = await refused(call(hasty))
    assert (error.message, error.permanent, error.reason) == (message, permanent, reason)
    assert error.evidence
    await hasty.close()


async def test_a_permanent_refusal_is_asked_once_and_a_passing_one_twice(world: MoyskladWorld) -> None:
    """МойСклад cuts off who repeats what cannot succeed."""
    for fault, times in (((400, 1014), 1), ((500, 0), 2)):
        world.store.faults.fail_next = [fault] * 9
        world.store.asked.clear()
        await refused(world.erp.ping())
        assert len(world.store.asked) == times


async def test_a_missing_page_stops_the_reading(world: MoyskladWorld) -> None:
    world.store.faults.page_missing = True
    for number in range(1001):
        world.store.add("productfolder", name=f"Раздел {number}", archived=False)
    error = await refused(all_of(world.erp.categories()))
    assert (error.message, error.permanent) == (MOVED, True)


ORDERS: list[tuple[int, int, str, str, bool, Reason]] = [
    (400, 17009, "дата 'customerorder' не попадает в открытый период", CLOSED, True, Reason.PERIOD),
    (400, 1021, "Объект с типом 'counterparty' и идентификатором 'x' не найден", NOT_THERE, True, Reason.CUSTOMER),
    (400, 1008, "Ошибка при загрузке объекта с типом 'product'", NOT_THERE, True, Reason.GOODS),
    (403, 1045, "у вас нет прав на создание данного объекта", NO_RIGHT, True, Reason.RIGHTS),
    (403, 1092, "у вас нет прав на проведение объекта", NO_RIGHT, True, Reason.RIGHTS),
    (413, 1044, "Превышен максимальный размер запроса", TOO_MUCH, True, Reason.OTHER),
    (400, 3006, "нарушено ограничение уникальности параметра 'name'", NOT_UNDERSTOOD, True, Reason.OTHER),
    (400, 1065, "объект уже изменен/удален в параллельном запросе", FAILED, False, Reason.OTHER),
    (503, 1074, "Сервис временно недоступен, ведутся технические работы", BUSY, False, Reason.OTHER),
]


@pytest.mark.parametrize(("status", "code", "words", "message", "permanent", "reason"), ORDERS)
async def test_a_refused_order(
    world: MoyskladWorld, status: int, code: int, words: str, message: str, permanent: bool, reason: Reason
) -> None:
    sent = draft(world)
    world.store.faults.refuse_create.append((status, code, words))
    error = await refused(world.erp.place(sent))
    assert (error.message, error.permanent, error.reason) == (message, permanent, reason)
    assert str(code) in error.evidence
    assert words not in error.message
    assert await world.documents(sent.key) == 0
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED


async def test_what_is_unknown_there_is_refused_before_anything_is_written(world: MoyskladWorld) -> None:
    nowhere = "11111111-2222-3333-4444-555555555555"
    archived = next(row["id"] for row in world.store.rows["product"].values() if row["archived"])
    for ref in (nowhere, archived):
        error = await refused(world.erp.place(draft(world, lines=(OrderLine(ref, Decimal(1), Decimal(1)),))))
        assert (error.permanent, error.reason) == (True, Reason.GOODS)
        assert ref in error.evidence
    error = await refused(world.erp.place(draft(world, customer_id=nowhere)))
    assert (error.permanent, error.reason) == (True, Reason.CUSTOMER)
    assert not any(asked.startswith("POST") for asked in world.store.asked)


async def test_an_order_longer_than_one_request_is_refused_without_sending_it(world: MoyskladWorld) -> None:
    lines = (OrderLine(world.goods[0].id, Decimal(1), Decimal(1)),) * 1001
    error = await refused(world.erp.place(draft(world, lines=lines)))
    assert (error.message, error.permanent) == (TOO_MUCH, True)


async def test_without_the_wizard_drafts_are_not_priced(world: MoyskladWorld) -> None:
    world.store.faults.no_wizard = True
    with pytest.raises(ErpUnsupported):
        await world.erp.quote(draft(world))


async def test_a_wrong_name_in_the_settings_is_told_with_what_there_is(world: MoyskladWorld) -> None:
    for settings in (
        {"organization": "Рога"},
        {"sales_channel": "Рога"},
        {"new_state": "Рога"},
        {"warehouses": "Рога"},
    ):
        erp = open_emulator(world.store, **settings)
        error = await refused(erp.place(draft(world)) if "warehouses" not in settings else all_of(erp.warehouses()))
        assert error.permanent
        assert "«Рога»" in error.message
        assert error.evidence not in ("", "ни одного")
        await erp.close()


async def test_several_organizations_need_a_choice(world: MoyskladWorld) -> None:
    world.store.add("organization", name="ИП Второй", payerVat=False, archived=False)
    error = await refused(world.erp.place(draft(world)))
    assert error.permanent
    assert "ERP_ORGANIZATION" in error.message
    erp = open_emulator(world.store, organization="ип второй")
    assert (await erp.place(draft(world))).differences == ()
    await erp.close()


async def test_login_and_password_do_as_well(world: MoyskladWorld) -> None:
    settings: dict[str, Any] = {"token": SecretStr(""), "user": "admin@test"}
    right = open_emulator(world.store, password=SecretStr("password"), **settings)
    await right.ping()
    wrong = open_emulator(world.store, password=SecretStr("other"), **settings)
    assert (await refused(wrong.ping())).message == BAD_TOKEN
    await right.close()
    await wrong.close()


def test_every_known_code_has_words_for_a_person() -> None:
    words = [message for message, _ in MEANINGS.values()] + [CUT, FAILED, NOT_UNDERSTOOD, NOT_THERE, TOO_MUCH]
    assert all(sentence.endswith(".") and json.dumps(sentence) for sentence in words)
    assert not TRANSIENT & set(MEANINGS)
