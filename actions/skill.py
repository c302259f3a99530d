"""The base of every action: one turn in, words out, whatever happens."""

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import replies
from actions.beside import Beside, told_order
from actions.gateway import GatewayError
from actions.profile import answered
from actions.rating import took_comment
from actions.sign_in import asked_in_words, ensure_signed_in, is_stranger
from actions.turn import Message, Turn, turn_of

__all__ = ["Beside", "SkillAction"]

log = logging.getLogger(__name__)


class SkillAction(Action, ABC):
    """An action of a skill. Rasa turns a failed action into silence, so nothing may leave `run` but an answer."""

    action_name: ClassVar[str]
    open_to_all: ClassVar[bool] = False
    """Answers people who have not signed in."""
    keeps_question: ClassVar[bool] = False
    """A side question: what the bot asked before stays open."""

    def name(self) -> str:
        return self.action_name

    order_beside: ClassVar[Beside] = Beside.UNHEARD
    """What becomes of an order in the words that were heard as this action's."""

    @abstractmethod
    async def act(self, turn: Turn) -> None:
        """Does the work of the action: calls the api, says the answer with `turn.say`."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Answers the turn and remembers what was asked and how often we failed to understand."""
        turn = turn_of(tracker.latest_message, tracker.slots, tracker.events)
        try:
            await self._answer(turn)
        except GatewayError as error:
            log.warning("%s: the api refused: %s", self.action_name, error)
            _apologise(turn, *replies.trouble(error.code, error.message, error.status))
        except Exception:
            # Rasa would answer nothing at all; the customer has to hear of our own mistake as well.
            log.exception("%s failed", self.action_name)
            _apologise(turn, *replies.trouble("internal", "", 500))
        for message in turn.messages:
            _utter(dispatcher, message)
        fallbacks = 0 if turn.understood else turn.fallbacks
        return [SlotSet("expecting", turn.next_expecting), SlotSet("fallbacks", float(fallbacks))]

    async def _answer(self, turn: Turn) -> None:
        if not self.open_to_all and not await ensure_signed_in(turn):
            return
        try:
            if turn.signed_in and (await asked_in_words(turn) or await answered(turn)):
                return
            if turn.signed_in and await took_comment(turn):
                return
            if turn.signed_in and await told_order(turn, self.order_beside, self.act):
                return
            if self.keeps_question:
                turn.keep_question()
            await self.act(turn)
        except GatewayError as error:
            if not is_stranger(error) or self.open_to_all:
                raise
            turn.signed_in = False
            await ensure_signed_in(turn)
        if not turn.messages:
            raise RuntimeError("the action said nothing")


def _apologise(turn: Turn, text: str, buttons: list[replies.Button]) -> None:
    turn.say(text, buttons)
    turn.understood = False
    turn.next_expecting = turn.expecting


def _utter(dispatcher: CollectingDispatcher, message: Message) -> None:
    custom = {"card": message.card} if message.card else None
    dispatcher.utter_message(text=message.text, buttons=[dict(item) for item in message.buttons], json_message=custom)
