"""Notifications of МойСклад, and the check of an account."""

import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from api.accounting import command
from api.deps import erp as connection
from api.erp.errors import ErpError
from api.erp.moysklad.backend import Moysklad
from api.erp.moysklad.hooks import ACTIONS, MEANS
from api.erp.port import Call, Checked, Data, Exchange, Finding
from tests.api.erp.conformance import all_of
from tests.api.erp.moysklad.emulator.faults import Faults
from tests.api.erp.moysklad.emulator.store import Store
from tests.api.erp.moysklad.world import open_emulator

SECRET = "neither-guessed-nor-short-1234"
HOOKED = {"webhook_url": "https://bot.example/erp/main", "webhook_secret": SecretStr(SECRET)}


@pytest.fixture
async def hooked(store: Store) -> AsyncIterator[Moysklad]:
    erp = open_emulator(store, **HOOKED)
    yield erp
    await erp.close()


def call(body: object, path: str = SECRET, method: str = "POST") -> Call:
    async def parts() -> AsyncIterator[bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        yield data[:10]
        yield data[10:]

    return Call(method, path, {"requestId": "1"}, {}, parts())


def event(*types: str) -> dict[str, object]:
    return {"events": [{"meta": {"type": kind, "href": f"x/{kind}/1"}, "action": "UPDATE"} for kind in types]}


@pytest.mark.parametrize(
    ("types", "changed"),
    [
        (("customerorder",), {Data.ORDERS, Data.STOCK}),
        (("product", "counterparty"), {Data.GOODS, Data.PRICES, Data.CUSTOMERS}),
        (("paymentin",), {Data.BALANCES}),
        (("task",), set()),
        ((), set()),
    ],
)
async def test_a_notification_says_what_to_read_again(
    hooked: Moysklad, store: Store, types: tuple[str, ...], changed: set[Data]
) -> None:
    for _ in range(2):
        reply = await hooked.answer(call(event(*types)))
        assert (reply.status, reply.body, reply.changed) == (204, b"", changed)
    assert store.asked == []


async def test_the_notification_of_stock(hooked: Moysklad) -> None:
    reply = await hooked.answer(call({"reportUrl": "https://api.moysklad.ru/…", "stockType": "stock"}))
    assert (reply.status, reply.changed) == (204, {Data.STOCK})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (call(event("product"), "another-secret"), 404),
        (call(event("product"), ""), 404),
        (call(event("product"), method="GET"), 405),
        (call(b"not json"), 400),
        (call({"events": [{}]}), 400),
        (call([1]), 400),
        (call(b"[" * 1_100_000), 413),
    ],
)
async def test_what_is_no_notification(hooked: Moysklad, asked: Call, status: int) -> None:
    reply = await hooked.answer(asked)
    assert (reply.status, reply.changed) == (status, frozenset())


async def test_without_a_secret_nobody_is_believed(store: Store) -> None:
    erp = open_emulator(store)
    assert isinstance(erp, Exchange)
    assert (await erp.answer(call(event("product"), ""))).status == 404
    assert await erp.arrived() == frozenset()
    await erp.close()


async def test_subscribing_asks_for_what_is_missing_only(hooked: Moysklad, store: Store) -> None:
    assert len(await hooked.hooks.subscribe()) == len(MEANS) * len(ACTIONS)
    rows = list(store.rows["webhook"].values())
    assert {row["url"] for row in rows} == {f"https://bot.example/erp/main/{SECRET}"}
    assert await hooked.hooks.subscribe() == []
    rows[0]["enabled"] = False
    assert await hooked.hooks.subscribe() == [(rows[0]["entityType"], rows[0]["action"])]
    assert rows[0]["enabled"]
    assert len(store.rows["webhook"]) == len(rows)


@pytest.mark.parametrize(
    "settings",
    [
        {"webhook_url": "https://bot.example/x"},
        {"webhook_url": "https://bot.example/x", "webhook_secret": SecretStr("short")},
        {"webhook_url": "https://bot.example/" + "x" * 240, "webhook_secret": SecretStr(SECRET)},
    ],
)
async def test_an_address_that_would_not_do_is_not_registered(store: Store, settings: dict[str, object]) -> None:
    erp = open_emulator(store, **settings)
    with pytest.raises(ErpError) as refused:
        await erp.hooks.subscribe()
    assert refused.value.permanent
    assert store.rows["webhook"] == {}
    await erp.close()


async def test_the_command_says_what_it_did(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = open_emulator(store, **HOOKED)
    monkeypatch.setitem(connection._open, "main", erp)
    assert await command.subscribe("main") == 0
    assert await command.subscribe("main") == 0
    store.token = "revoked"
    assert await command.subscribe("main") == 1
    told = capsys.readouterr().out
    assert "customerorder UPDATE" in told
    assert "Всё уже приходит." in told
    assert "токен" in told
    assert SECRET not in told
    await erp.close()


async def findings(store: Store, **settings: object) -> list[Finding]:
    erp = open_emulator(store, **settings)
    assert isinstance(erp, Checked)
    found = await all_of(erp.check())
    await erp.close()
    return found


async def test_a_well_kept_account_has_little_to_say(store: Store) -> None:
    erp = open_emulator(store, **HOOKED)
    await erp.hooks.subscribe()
    await erp.close()
    found = await findings(store, states={"Возврат": "cancelled"}, **HOOKED)
    assert [finding for finding in found if finding.severity != "ok"] == []
    assert any("ООО «Поставщик»" in finding.text for finding in found)
    assert any("отменённый — «Отменён»" in finding.text for finding in found)


async def test_what_is_missing_is_told_with_what_to_do(store: Store) -> None:
    store.metadata["counterparty"]["attributes"].clear()
    store.metadata["customerorder"]["states"] = store.metadata["customerorder"]["states"][:3]
    store.rows["currency"].clear()
    store.add("organization", name="ИП Второй", archived=False)
    store.faults = Faults(no_crm=True, no_stock_right=True)
    found = await findings(store)
    told = {finding.text: finding for finding in found if finding.severity != "ok"}
    assert {"Кредитный лимит", "Код для бота"} <= {text.split("«")[-1].rstrip("».") for text in told}
    errors = [finding.text for finding in found if finding.severity == "error"]
    assert any("ERP_ORGANIZATION" in text for text in errors)
    assert any("рубль" in text for text in errors)
    assert any("«Остатки»" in text for text in errors)
    assert "Нет статуса для отменённого заказа." in told
    assert all(finding.todo for finding in told.values())


async def test_no_crm_is_told_apart(store: Store) -> None:
    store.faults = Faults(no_crm=True)
    found = await findings(store)
    assert any("опции CRM" in finding.text for finding in found if finding.severity == "error")


async def test_a_bad_token_is_all_there_is_to_say(store: Store) -> None:
    store.faults.token_revoked = True
    (finding,) = await findings(store)
    assert finding.severity == "error"
    assert "ERP_TOKEN" in finding.todo
    assert len(store.asked) == 1


async def test_the_secret_of_the_address_is_not_in_the_evidence(
    hooked: Moysklad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """МойСклад repeats what it was sent, and what it was sent before."""

    async def refused(*args: object) -> object:
        raise ErpError("Нет.", permanent=True, evidence=f"POST /entity/webhook → 400: https://bot.example/{SECRET}")

    monkeypatch.setattr(hooked.hooks._client, "post", refused)
    with pytest.raises(ErpError) as shown:
        await hooked.subscribe()
    assert SECRET not in shown.value.evidence
    assert "https://bot.example/…" in shown.value.evidence
