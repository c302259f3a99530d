"""What every courier has to do, and what each does of its own."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from api.config import settings
from api.couriers import registry
from api.couriers.log.courier import LogCourier, open_log
from api.couriers.memory import MemoryCourier
from api.couriers.port import Courier, CourierError, Letter
from api.couriers.smtp.courier import SmtpCourier, open_smtp
from api.customers import ways
from tests.api.couriers.conftest import Mailbox

LETTER = Letter("olga@petra.example", "482913 — код для входа.", "Код для входа")


@pytest.fixture(params=["memory", "log", "smtp"])
def courier(request: pytest.FixtureRequest, mailbox: tuple[Mailbox, int]) -> Courier:
    made: dict[str, Courier] = {
        "memory": MemoryCourier("email"),
        "log": LogCourier("email"),
        "smtp": SmtpCourier(f"smtp://127.0.0.1:{mailbox[1]}", "orders@example.org"),
    }
    return made[request.param]


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    registry.couriers.cache_clear()
    yield
    registry.couriers.cache_clear()


async def test_a_letter_is_taken(courier: Courier) -> None:
    assert courier.way == "email"
    await courier.send(LETTER)


async def test_any_text_may_travel(courier: Courier) -> None:
    await courier.send(
        Letter("olga@petra.example", "«Ёлки» — 5 000 ₽\n.\n..конец", "Тема — длинная, с «кавычками» " * 5)
    )


async def test_mail_arrives_as_it_was_written(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    await SmtpCourier(f"smtp://127.0.0.1:{port}", "Заказы <orders@example.org>").send(LETTER)
    (message,) = box.messages
    assert isinstance(message, EmailMessage)
    assert message["To"] == "olga@petra.example"
    assert message["Subject"] == "Код для входа"
    assert "orders@example.org" in message["From"]
    assert message["Date"] and message["Message-ID"]
    assert message.get_content().strip() == LETTER.text


@pytest.mark.parametrize(("refusal", "permanent"), [("550 no such person", True), ("451 try later", False)])
async def test_refusals_say_whether_to_try_again(mailbox: tuple[Mailbox, int], refusal: str, permanent: bool) -> None:
    box, port = mailbox
    box.refusal = refusal
    with pytest.raises(CourierError) as caught:
        await SmtpCourier(f"smtp://127.0.0.1:{port}", "orders@example.org").send(LETTER)
    assert caught.value.permanent is permanent
    assert "olga" not in str(caught.value) and "482913" not in str(caught.value)


async def test_a_dead_server_is_tried_again() -> None:
    with pytest.raises(CourierError) as caught:
        await SmtpCourier("smtp://127.0.0.1:1", "orders@example.org").send(LETTER)
    assert caught.value.permanent is False


async def test_an_address_with_a_line_break_injects_nothing(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(CourierError) as caught:
        letter = Letter("olga@petra.example\nBcc: spy@example.org", "x", "x")
        await SmtpCourier(f"smtp://127.0.0.1:{port}", "orders@example.org").send(letter)
    assert caught.value.permanent is True
    assert box.messages == []


def test_settings_that_contradict_are_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example")
    with pytest.raises(ValueError, match="MAIL_FROM"):
        open_smtp()
    monkeypatch.setenv("SMTP_URL", "http://mail.example")
    with pytest.raises(ValueError, match="SMTP_URL must look like"):
        open_smtp()
    monkeypatch.setenv("LOG_COURIER_SMS", "true")
    assert open_log("sms") is not None
    monkeypatch.setattr(settings(), "demo", False)
    with pytest.raises(ValueError, match="for development"):
        open_log("sms")


def test_one_time_codes_need_a_courier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "sign_in_ways", "phone,otp")
    with pytest.raises(ValueError, match="SMTP_URL"):
        ways.check_policy()
    monkeypatch.setenv("LOG_COURIER_SMS", "true")
    registry.couriers.cache_clear()
    ways.check_policy()


@pytest.mark.parametrize("value", ["phone,sms", "", " , "])
def test_an_unknown_way_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    from api.config import Settings

    with pytest.raises(ValueError, match="SIGN_IN_WAYS"):
        Settings(sign_in_ways=value)  # type: ignore[call-arg]
    assert Settings(sign_in_ways=" otp, phone,otp").ways == ("otp", "phone")  # type: ignore[call-arg]
