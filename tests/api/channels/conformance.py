"""What every messenger's adapter has to be true to. A channel's tests subclass `Conformance` and give it a `bench`.

    class TestTelegram(Conformance):
        @pytest.fixture
        def bench(self, ...) -> Bench: ...

The bench plays the provider: it writes updates as the provider does, receives what the adapter sends, and fails when
it is told to. Abilities that a provider lacks are declared by leaving the method out (see `Bench`).
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.channels import press, rendering
from api.channels.errors import ChannelError, DeliveryError
from api.channels.port import (
    ButtonPress,
    Capabilities,
    InboundMessage,
    Messenger,
    Outgoing,
    Receipt,
    Webhook,
)

Failure = Literal["transient", "limited", "permanent", "blocked"]
RETRY_AFTER = 7
"""Seconds that a bench's provider asks to wait in the failure `limited`."""


@dataclass(frozen=True)
class Drawn:
    """A message as the provider holds it. `buttons`: title and data, in order, also those of a list."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


class Bench(ABC):
    """The provider's side. `update` numbers its updates: the same number is a redelivery."""

    messenger: Messenger
    user: str
    """A person's address as the channel says it in `channel_user`, good for `send`."""

    @abstractmethod
    def text(self, update: int, text: str) -> Webhook:
        """The person wrote."""

    @abstractmethod
    def press(self, update: int, data: str) -> Webhook:
        """The person pressed a button that carries this data."""

    @abstractmethod
    def forgeries(self, webhook: Webhook) -> Sequence[Webhook]:
        """The same request as others would send it: without the secret, with a wrong one, with a changed body…"""

    @abstractmethod
    def signed(self, body: bytes) -> Webhook:
        """Any body with everything that proves the sender: what the provider never sends, but might."""

    @abstractmethod
    def fail(self, how: Failure) -> None:
        """The next call to the provider ends like this; `limited`: asks to wait RETRY_AFTER seconds."""

    @abstractmethod
    def shown(self) -> Sequence[Drawn]:
        """The chat as the person sees it, oldest first; an edited message in its new form."""

    def contact(self, update: int, phone: str, *, own: bool) -> Webhook | None:
        """The person shared a number: their own, or somebody else's. None: the provider has no such thing."""
        return None

    def group(self, update: int, text: str) -> Webhook | None:
        """Somebody addressed us in a group. None: the provider has no groups."""
        return None

    def receipt(self, message_id: str, state: str) -> Webhook | None:
        """What became of our message. None: the provider does not say."""
        return None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TITLES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=120), min_size=1, max_size=15)
# Several channels inherit a test; its fixture holds nothing that one example leaves to the next.
ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow]
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=ALLOWED)


def buttons(titles: Sequence[str]) -> list[dict[str, str]]:
    return [{"title": title, "payload": "/x"} for title in titles]


def within(part: Outgoing, limits: Capabilities) -> None:
    """The part keeps to what the channel declares."""
    assert len(part.text) <= limits.text
    assert len(part.buttons) <= (limits.list_rows if part.as_list else limits.buttons)
    for button in part.buttons:
        assert 0 < len(button.title) <= (limits.list_title if part.as_list else limits.button_title)
        assert len(button.data.encode()) <= limits.payload_bytes
    assert all(0 < len(row) <= limits.row_buttons for row in part.rows)


class Conformance:
    """Subclass it as `Test…` and override the fixture `bench`."""

    @pytest.fixture
    def bench(self) -> Bench:
        raise NotImplementedError

    def message(self, bench: Bench, webhook: Webhook) -> InboundMessage:
        (event,) = bench.messenger.read(webhook).events
        assert isinstance(event, InboundMessage)
        return event

    async def send(self, bench: Bench, text: str, titles: Sequence[str] = (), seq: int = 7) -> list[str]:
        fitted = rendering.fit(seq, text, buttons(titles), bench.messenger.capabilities)
        return [await bench.messenger.send(bench.user, part) for part in fitted.parts]

    # What comes in

    async def test_it_is_a_messenger(self, bench: Bench) -> None:
        assert isinstance(bench.messenger, Messenger)
        assert bench.messenger.kind

    async def test_forged_requests_are_refused(self, bench: Bench) -> None:
        for genuine in (bench.text(1, "молоко 5"), bench.press(2, press.data_of(1, 0))):
            assert bench.messenger.read(genuine).events
            forgeries = bench.forgeries(genuine)
            assert forgeries
            for forged in forgeries:
                with pytest.raises(ChannelError) as refused:
                    bench.messenger.read(forged)
                assert refused.value.status in (401, 403)

    async def test_a_redelivery_reads_the_same_and_another_update_does_not(self, bench: Bench) -> None:
        first, again, other = (self.message(bench, bench.text(n, "молоко 5")) for n in (1, 1, 2))
        assert first.provider_id
        assert first.provider_id == again.provider_id != other.provider_id
        assert first.channel_user == bench.user

    async def test_words_come_as_they_were_written(self, bench: Bench) -> None:
        words = "Молоко 3,2 % — 5 шт.\nхлеб «Бородинский» 10 🥖"
        read = self.message(bench, bench.text(1, words))
        assert (read.text, read.button, read.command, read.group) == (words, None, None, False)

    async def test_what_is_kept_raw_can_be_kept(self, bench: Bench) -> None:
        assert json.loads(json.dumps(dict(self.message(bench, bench.text(1, "молоко")).raw)))

    async def test_a_press_comes_back_as_the_button_that_was_drawn(self, bench: Bench) -> None:
        for seq in (7, 123_456_789_012_345):
            await self.send(bench, "Что дальше?", ["Оформить", "Изменить", "Позвать человека"], seq)
            drawn = bench.shown()[-1].buttons
            assert [title for title, _ in drawn] == ["Оформить", "Изменить", "Позвать человека"]
            for index, (_, data) in enumerate(drawn):
                read = self.message(bench, bench.press(100 + index, data))
                assert read.button == ButtonPress(seq, index)
                assert read.channel_user == bench.user

    @pytest.mark.parametrize("data", ["/show_cart", '/sign_in{"code": "X"}', "7:0:1", "-1:0", "7:100", "٧:0", "7:0\n"])
    async def test_data_that_is_not_ours_is_no_press(self, bench: Bench, data: str) -> None:
        for event in bench.messenger.read(bench.press(1, data)).events:
            assert isinstance(event, InboundMessage)
            assert event.button in (None, press.NOWHERE)
            assert "sign_in" not in event.text

    async def test_a_body_that_is_no_json_is_refused(self, bench: Bench) -> None:
        for body in (b"", b"{", b"\xff\xfe", b"[" * 50_000):
            with pytest.raises(ChannelError) as refused:
                bench.messenger.read(bench.signed(body))
            assert 400 <= refused.value.status < 500

    @QUICK
    @given(body=JSON)
    async def test_any_json_is_read_or_refused(self, bench: Bench, body: Any) -> None:
        try:
            bench.messenger.read(bench.signed(json.dumps(body).encode()))
        except ChannelError as refused:
            assert 400 <= refused.status < 500

    async def test_only_a_number_that_is_proved_own_counts(self, bench: Bench) -> None:
        own, foreign = (bench.contact(n, "+79000000011", own=bool(n)) for n in (1, 0))
        if own is None or foreign is None:
            pytest.skip("the provider shares no numbers")
        shared = self.message(bench, own).contact
        assert shared is not None
        assert (shared.phone, shared.own) == ("+79000000011", True)
        shared = self.message(bench, foreign).contact
        assert shared is None or not shared.own

    async def test_a_group_is_told_apart(self, bench: Bench) -> None:
        webhook = bench.group(1, "молоко 5")
        if webhook is None:
            pytest.skip("the provider has no groups")
        assert self.message(bench, webhook).group

    async def test_receipts(self, bench: Bench) -> None:
        (message_id,) = await self.send(bench, "Заказ принят.")
        for state in ("delivered", "read", "failed"):
            webhook = bench.receipt(message_id, state)
            if webhook is None:
                pytest.skip("the provider sends no receipts")
            (event,) = bench.messenger.read(webhook).events
            assert isinstance(event, Receipt)
            assert (event.message_id, event.state) == (message_id, state)

    # What goes out

    @QUICK
    @given(text=st.text(max_size=9000), titles=TITLES, seq=st.integers(1, 10**15 - 1))
    async def test_everything_is_within_the_declared_limits(
        self, bench: Bench, text: str, titles: list[str], seq: int
    ) -> None:
        for part in rendering.fit(seq, text, buttons(titles), bench.messenger.capabilities).parts:
            within(part, bench.messenger.capabilities)

    async def test_a_long_text_arrives_whole_and_in_order(self, bench: Bench) -> None:
        limit = bench.messenger.capabilities.text
        words = [f"товар{number}" for number in range(limit * 2 // 8)]
        ids = await self.send(bench, " ".join(words), ["Оформить"])
        shown = bench.shown()
        assert len(ids) == len(set(ids)) == len(shown) > 1
        assert all(len(drawn.text) <= limit for drawn in shown)
        assert " ".join(drawn.text for drawn in shown).split() == words
        assert [len(drawn.buttons) for drawn in shown] == [0] * (len(shown) - 1) + [1]

    async def test_more_buttons_than_the_channel_draws_become_numbers(self, bench: Bench) -> None:
        limits = bench.messenger.capabilities
        count = max(limits.buttons, limits.list_rows) + 1
        fitted = rendering.fit(7, "Выберите:", buttons([f"Товар {n}" for n in range(1, count + 1)]), limits)
        assert fitted.numbered
        for part in fitted.parts:
            await bench.messenger.send(bench.user, part)
        assert f"{count}. Товар {count}" in bench.shown()[-1].text

    async def test_marks_of_other_languages_are_shown_as_they_are(self, bench: Bench) -> None:
        text = "1 < 2 & _сыр_ *50* `%` <b>не жирный</b> [скобки](http://example.invalid) \\"
        await self.send(bench, text)
        assert bench.shown()[-1].text == text

    @pytest.mark.parametrize(
        ("how", "permanent", "blocked"),
        [("transient", False, False), ("limited", False, False), ("permanent", True, False), ("blocked", True, True)],
    )
    async def test_failures_say_what_to_do_next(
        self, bench: Bench, how: Failure, permanent: bool, blocked: bool
    ) -> None:
        bench.fail(how)
        with pytest.raises(DeliveryError) as failed:
            await bench.messenger.send(bench.user, Outgoing("Заказ принят."))
        assert (failed.value.permanent, failed.value.blocked) == (permanent, blocked)
        assert failed.value.evidence
        assert "Заказ принят" not in str(failed.value), "a customer's text in the log"
        if how == "limited":
            assert failed.value.retry_after == RETRY_AFTER
        await bench.messenger.send(bench.user, Outgoing("Дошло."))
        assert bench.shown()[-1].text == "Дошло."

    async def test_an_edit_changes_the_message_in_place(self, bench: Bench) -> None:
        if not bench.messenger.capabilities.edits:
            pytest.skip("the channel does not edit")
        *_, message_id = await self.send(bench, "Молоко — 5 шт.", ["Оформить"])
        changed = Outgoing("Молоко — 8 шт.")
        for _ in range(2):  # the second changes nothing, and is no error
            await bench.messenger.edit(bench.user, message_id, changed)
        assert list(bench.shown()) == [Drawn("Молоко — 8 шт.")]

    async def test_an_edit_of_nothing_is_permanent(self, bench: Bench) -> None:
        if not bench.messenger.capabilities.edits:
            pytest.skip("the channel does not edit")
        (message_id,) = await self.send(bench, "Молоко — 5 шт.")
        gone = f"{message_id}999"
        with pytest.raises(DeliveryError) as failed:
            await bench.messenger.edit(bench.user, gone, Outgoing("Молоко — 8 шт."))
        assert (failed.value.permanent, failed.value.blocked) == (True, False)

    async def test_acknowledging_never_fails_in_another_way(self, bench: Bench) -> None:
        text, pressed = bench.text(1, "молоко"), bench.press(2, press.data_of(1, 0))
        for raw in (self.message(bench, text).raw, self.message(bench, pressed).raw, {}):
            await bench.messenger.acknowledge(bench.user, raw)
        bench.fail("transient")
        try:
            await bench.messenger.acknowledge(bench.user, self.message(bench, text).raw)
        except DeliveryError as failed:
            assert not failed.permanent

    async def test_a_file_that_is_not_there_is_permanent(self, bench: Bench) -> None:
        with pytest.raises(DeliveryError) as failed:
            await bench.messenger.fetch("no-such-file")
        assert failed.value.permanent

    async def test_preparing_twice_is_harmless_and_failures_are_told(self, bench: Bench) -> None:
        await bench.messenger.prepare()
        await bench.messenger.prepare()
        bench.fail("transient")
        with pytest.raises(DeliveryError) as failed:
            await bench.messenger.prepare()
        assert not failed.value.permanent
