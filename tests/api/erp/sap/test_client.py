"""Pages, sessions and faults of a gateway."""

import asyncio
from typing import Any

import pytest

from api.erp.errors import ErpError, Reason
from api.erp.http import HttpLimits
from api.erp.sap.refusals import Refused
from tests.api.erp.conformance import all_of
from tests.api.erp.sap.company import CLOCK, PASSWORD, open_emulated, product
from tests.api.erp.sap.emulator import Emulator
from tests.api.erp.sap.world import SapWorld
from tests.api.erp.worlds import draft

System = tuple[Emulator, str]


def more_goods(emulator: Emulator, count: int) -> None:
    for number in range(count):
        product(emulator.tables, f"N-{number:03}", f"Товар {number}", "PC", "L001")


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("page", [4, 7, 100])
async def test_all_pages_come(system: System, counts: bool, page: int) -> None:
    """The server's pages are of 4: `__next` names a host that is not there; with and without a count."""
    emulator, url = system
    emulator.counts = counts
    more_goods(emulator, 25)
    erp = open_emulated(url, page=page)
    assert len({row.id for row in await all_of(erp.products())}) == 28
    assert all("sap-client=100" in line for line in emulator.asked)
    await erp.close()


async def test_a_lost_page_is_asked_for_again(world: SapWorld) -> None:
    more_goods(world.emulator, 25)
    world.emulator.faults.lose_page = True
    assert len({row.id for row in await all_of(world.erp.products())}) == 28


async def test_rows_that_were_counted_and_do_not_come_are_no_end(world: SapWorld) -> None:
    more_goods(world.emulator, 25)
    world.emulator.faults.lose_rest = True
    with pytest.raises(ErpError) as lost:
        await all_of(world.erp.products())
    assert (lost.value.permanent, lost.value.message) == (False, "SAP отдала не все строки.")


async def test_half_a_body_is_read_again(world: SapWorld) -> None:
    world.emulator.faults.half_body = 1
    assert len(await all_of(world.erp.products())) == 3
    world.emulator.faults.half_body = 9
    with pytest.raises(ErpError) as cut:
        await all_of(world.erp.products())
    assert (cut.value.permanent, cut.value.message) == (False, "Ответ SAP оборвался или это не ответ SAP.")


async def test_a_page_of_logon_is_no_answer(world: SapWorld) -> None:
    world.emulator.faults.html = True
    with pytest.raises(ErpError) as page:
        await world.erp.ping()
    assert (page.value.permanent, page.value.message) == (False, "Ответ SAP оборвался или это не ответ SAP.")


async def test_too_many_requests_are_waited_out(world: SapWorld) -> None:
    world.emulator.faults.too_many = 1
    await world.erp.ping()
    world.emulator.faults.too_many = 9
    with pytest.raises(ErpError) as busy:
        await world.erp.ping()
    assert (busy.value.permanent, busy.value.message) == (False, "Учётная система занята.")


async def test_a_slow_system_is_transient(system: System) -> None:
    emulator, url = system
    erp = open_emulated(url, limits=HttpLimits(read=0.2, attempts=1, first_wait=0.01))
    emulator.faults.slow = 0.6
    with pytest.raises(ErpError) as slow:
        await erp.ping()
    assert (slow.value.permanent, slow.value.message) == (False, "Учётная система не отвечает.")
    await erp.close()


async def test_a_revoked_user_is_told(world: SapWorld) -> None:
    world.emulator.faults.revoked = True
    for call in (world.erp.ping(), world.erp.place(draft(world))):
        with pytest.raises(ErpError) as refused:
            await call
        assert (refused.value.permanent, refused.value.reason) == (True, Reason.RIGHTS)
        assert "имя и пароль" in refused.value.message
        assert PASSWORD not in refused.value.evidence


async def test_one_token_serves_a_session(world: SapWorld) -> None:
    for _ in range(3):
        await world.erp.place(draft(world))
    assert len(fetches(world)) == 1
    assert len(world.emulator.tables.rows["A_SalesOrder"]) == 3


async def test_writers_at_once_wait_for_one_token(world: SapWorld) -> None:
    await asyncio.gather(*(world.erp.place(draft(world)) for _ in range(4)))
    assert len(fetches(world)) == 1


async def test_an_ended_session_is_begun_again_once(world: SapWorld) -> None:
    await world.erp.place(draft(world))
    world.emulator.sessions.clear()
    sent = draft(world)
    assert (await world.erp.place(sent)).differences == ()
    assert await world.documents(sent.key) == 1
    assert len(fetches(world)) == 2


async def test_a_session_that_never_holds_is_transient(world: SapWorld) -> None:
    """A load balancer that spreads one session over two systems."""
    refusal = (403, "CSRF token validation failed")
    world.emulator.faults.fail["POST"] = [refusal, refusal]
    with pytest.raises(ErpError) as refused:
        await world.erp.place(draft(world))
    assert (refused.value.permanent, refused.value.message) == (False, "SAP не дала ключ для записи (CSRF).")


async def test_a_token_may_come_with_an_error(world: SapWorld) -> None:
    world.emulator.faults.token_with_error = True
    assert (await world.erp.place(draft(world))).number


def fetches(world: SapWorld) -> list[str]:
    return [line for line in world.emulator.asked if line.startswith("GET /API_SALES_ORDER_SRV/?")]


WORDS: list[tuple[str, int, str, dict[str, Any]]] = [
    ("POST", 400, "V1/150", {"reason": Reason.CREDIT, "permanent": True, "message": "кредитному контролю"}),
    ("POST", 400, "V1/154", {"reason": Reason.CREDIT, "permanent": True, "message": "кредитному контролю"}),
    ("POST", 400, "V1/382", {"reason": Reason.GOODS, "permanent": True, "message": "не продаётся"}),
    ("POST", 400, "VP/199", {"reason": Reason.CUSTOMER, "permanent": True, "message": "сбытовой области"}),
    ("POST", 400, "VS/406", {"reason": Reason.CUSTOMER, "permanent": True, "message": "сбытовой области"}),
    ("POST", 400, "V1/801", {"reason": Reason.PRICE, "permanent": True, "message": "цену"}),
    ("POST", 400, "ZZ/007", {"reason": Reason.STOCK, "permanent": True, "message": "наличие"}),
    ("POST", 400, "XX/999", {"reason": Reason.OTHER, "permanent": True, "message": "не приняла"}),
    ("POST", 400, "V1/042", {"reason": Reason.OTHER, "permanent": False, "message": "другим пользователем"}),
    ("POST", 500, "SY/530", {"reason": Reason.OTHER, "permanent": False, "message": "не смогла"}),
    ("POST", 404, "/IWFND/MED/170", {"reason": Reason.OTHER, "permanent": True, "message": "не активна"}),
    ("POST", 403, "/IWFND/CM_CONSUMER/101", {"reason": Reason.RIGHTS, "permanent": True, "message": "права"}),
    ("POST", 502, "", {"reason": Reason.OTHER, "permanent": False, "message": "занята"}),
    ("GET", 400, "/IWBEP/CM_MGW_RT/021", {"reason": Reason.OTHER, "permanent": True, "message": "нужного поля"}),
    ("GET", 500, "SY/530", {"reason": Reason.OTHER, "permanent": False, "message": "не смогла"}),
]


@pytest.mark.parametrize(("method", "status", "code", "expected"), WORDS)
async def test_every_refusal_has_words(
    system: System, method: str, status: int, code: str, expected: dict[str, Any]
) -> None:
    """SAP's own text, which names a company, goes to the evidence alone."""
    emulator, url = system
    erp = open_emulated(url, refusals={"ZZ/007": Reason.STOCK})
    customer = (await all_of(erp.customers()))[0]
    goods = await all_of(erp.products())
    sent = draft(SapWorld(erp, emulator, customer, (goods[1], goods[0]), CLOCK))
    emulator.faults.fail[method] = [(status, code)] * 5
    with pytest.raises(ErpError) as refused:
        await erp.place(sent)
    assert refused.value.reason is expected["reason"]
    assert refused.value.permanent is expected["permanent"]
    assert expected["message"] in refused.value.message
    assert "ACME" not in refused.value.message
    assert code in refused.value.evidence
    await erp.close()


async def test_details_may_say_what_the_head_does_not(world: SapWorld) -> None:
    with pytest.raises(Refused) as refused:
        await world.erp.place(draft(world, customer_id="77", outlet_id=None))
    assert (refused.value.code, refused.value.reason) == ("SLS_LORD/000", Reason.CUSTOMER)
