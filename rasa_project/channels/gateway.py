"""The one way into Rasa: `POST /webhooks/gateway/webhook`, called by the `api` process and by nobody else.

Rasa's `/webhooks/*` routes know no authentication of their own, so every request must carry the shared secret.
The answer holds all the bot's messages of the turn, the intent that was understood and the version of the model that
understood it so; an error is a status code and a JSON body, never an empty success. `POST …/parse` reads utterances of
no conversation; `GET …/` tells whether a model is there, which, and how many turns are under way.
"""

import hmac
import logging
import os
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.constants import USER_INTENT_SESSION_START
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Gateway-Secret"
MAX_TEXT = 4000
MAX_SENDER = 255
MAX_TEXTS = 100
VERSION_VARIABLE = "MODEL_VERSION"
"""What slot.py says that this process runs."""
# Rasa sends the whole tracker to the action server at each turn, so a session is closed after this many of them
# (half an hour of silence closes it as well, see domain/session.yml). Slots are carried over.
TURNS_PER_SESSION = 20
COUNTED_CONVERSATIONS = 10_000
# Likeliest intents that are told beside the one that was chosen, for whoever reviews what was not understood.
RANKED = 3

# What a button may hold: a payload, a link, or a request for the person's number.
BUTTON = ("title", "payload", "url", "request")

Handler = Callable[[UserMessage], Awaitable[Any]]


class Refused(Exception):
    """A request that cannot be served as it is; `status` and `code` tell the caller why."""

    def __init__(self, status: HTTPStatus, code: Text, message: Text) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Turn:
    """One message of one conversation, checked."""

    sender: Text
    text: Text
    metadata: Dict[Text, Any]


class WholeMessages(CollectingOutputChannel):
    """Keeps each bot message in one piece: Rasa's collector splits texts at empty lines and cards from their text."""

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Collects the message's text, buttons and custom part; nothing else is known to the channels."""
        shown: Dict[Text, Any] = {key: message[key] for key in ("text", "custom") if message.get(key)}
        buttons: List[Dict[Text, Any]] = message.get("buttons") or []
        if buttons:
            shown["buttons"] = [{key: button[key] for key in BUTTON if button.get(key)} for button in buttons]
        if shown:
            self.messages.append(shown)


class TurnCounter:
    """Counts the turns of recent conversations; forgetting one costs a longer tracker, nothing else."""

    def __init__(self, limit: int = TURNS_PER_SESSION, size: int = COUNTED_CONVERSATIONS) -> None:
        self._limit, self._size = limit, size
        self._turns: "OrderedDict[Text, int]" = OrderedDict()

    def session_is_full(self, sender: Text) -> bool:
        """Counts one more turn of `sender`; true when it has to open a new session."""
        turns = self._turns.pop(sender, 0) + 1
        full = turns > self._limit
        self._turns[sender] = 1 if full else turns
        while len(self._turns) > self._size:
            self._turns.popitem(last=False)
        return full


class GatewayInput(InputChannel):
    """The connector between `api` and Rasa."""

    def __init__(self, secret: Text, turns_per_session: int = TURNS_PER_SESSION) -> None:
        if not secret or secret.startswith("${"):
            raise RasaException("RASA_GATEWAY_SECRET is not set: the gateway connector does not start without it.")
        self._secret = secret.encode("utf-8")
        self._turns = TurnCounter(turns_per_session)
        self._model = os.environ.get(VERSION_VARIABLE, "")
        self._under_way = 0

    @classmethod
    def name(cls) -> Text:
        """The path under /webhooks and the channel's name in the tracker."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "GatewayInput":
        """Takes `secret` and `turns_per_session` from credentials.yml; refuses to start without a secret."""
        given = credentials or {}
        return cls(str(given.get("secret") or ""), int(given.get("turns_per_session", TURNS_PER_SESSION)))

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes `/` (alive), `/webhook` (one turn) and `/parse` (utterances of no conversation)."""
        routes = Blueprint("gateway_webhook", __name__)

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = _is_ready(request)
            body = {"status": "ok" if ready else "not_ready", "model": self._model, "turns": self._under_way}
            return json_response(body, status=int(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE))

        @routes.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            self._under_way += 1
            try:
                return await self._served(request, lambda: self._answer(request, read_turn(request), on_new_message))
            finally:
                self._under_way -= 1

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            return await self._served(request, lambda: self._parsed(request, read_texts(request)))

        return routes

    async def _served(self, request: Request, work: Callable[[], Awaitable[Dict[Text, Any]]]) -> HTTPResponse:
        """The work's answer to whoever knows the secret, or its failure in the shape of all parts of the product."""
        try:
            self._authenticate(request)
            return json_response(await work(), ensure_ascii=False)
        except Refused as refused:
            return error_response(refused.status, refused.code, str(refused))
        except Exception as error:  # the caller must learn of any failure: silence would lose the message
            logger.exception("A turn failed")
            return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, "turn_failed", f"{type(error).__name__}: {error}")

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_secret", f"The header {SECRET_HEADER} is missing or wrong.")

    async def _answer(self, request: Request, turn: Turn, on_new_message: Handler) -> Dict[Text, Any]:
        agent = _agent(request)
        if self._turns.session_is_full(turn.sender):
            await on_new_message(self._message(turn, f"{INTENT_MESSAGE_PREFIX}{USER_INTENT_SESSION_START}"))
        message = self._message(turn, turn.text)
        # Parsed here, once: handle_message() takes a parse that is given, and does not tell the one it makes.
        message.parse_data = await agent.processor.parse_message(message)
        await on_new_message(message)
        if not message.output_channel.messages:
            # Rasa logs the exception of an action (or of the action server) and goes on without a word.
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "no_answer", "No action answered; see Rasa's log.")
        intent = message.parse_data.get("intent") or {}
        return {
            "messages": message.output_channel.messages,
            "intent": _heard(intent),
            "ranking": _ranking(message.parse_data),
            "model": self._model,
        }

    async def _parsed(self, request: Request, texts: List[Text]) -> Dict[Text, Any]:
        """What the model makes of each text, as words typed by somebody with no conversation behind them."""
        processor = _agent(request).processor
        results = []
        for text in texts:
            parsed = await processor.parse_message(UserMessage(text))
            results.append({"intent": _heard(parsed.get("intent") or {}), "ranking": _ranking(parsed)})
        return {"model": self._model, "results": results}

    def _message(self, turn: Turn, text: Text) -> UserMessage:
        return UserMessage(text, WholeMessages(), turn.sender, input_channel=self.name(), metadata=turn.metadata)


def _is_ready(request: Request) -> bool:
    agent = request.app.ctx.agent
    return agent is not None and bool(agent.is_ready())


def _agent(request: Request) -> Any:
    if not _is_ready(request):
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", "No model is loaded yet.")
    return request.app.ctx.agent


def _ranking(parsed: Dict[Text, Any]) -> List[Dict[Text, Any]]:
    return [_heard(rival) for rival in (parsed.get("intent_ranking") or [])[:RANKED]]


def _heard(intent: Dict[Text, Any]) -> Dict[Text, Any]:
    return {"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}


def _body(request: Request) -> Dict[Text, Any]:
    try:
        body = request.json
    except Exception as error:  # sanic raises its own InvalidUsage for JSON and for encoding errors alike
        raise Refused(HTTPStatus.BAD_REQUEST, "not_json", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "not_json", "The body must be a JSON object.")
    return body


def read_texts(request: Request) -> List[Text]:
    """The request's utterances; raises Refused with the reason when there are none, or too many."""
    texts = _body(request).get("texts")
    if not isinstance(texts, list) or not 0 < len(texts) <= MAX_TEXTS:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "texts", f"“texts” must be a list of 1 to {MAX_TEXTS}.")
    for text in texts:
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "texts", f"Each text must have 1 to {MAX_TEXT} characters.")
    return texts


def read_turn(request: Request) -> Turn:
    """The request's body as a Turn; raises Refused with the reason when it is not one."""
    body = _body(request)
    sender, text, metadata = body.get("sender"), body.get("text"), body.get("metadata")
    if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "sender", f"“sender” must be a string of 1 to {MAX_SENDER}.")
    if not isinstance(text, str) or not text.strip():
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "text", "“text” must be a string that is not empty.")
    if len(text) > MAX_TEXT:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", f"“text” is longer than {MAX_TEXT} characters.")
    if metadata is not None and not isinstance(metadata, dict):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "metadata", "“metadata” must be an object.")
    return Turn(sender, text, metadata or {})


def error_response(status: HTTPStatus, code: Text, message: Text) -> HTTPResponse:
    """An error in the shape that all parts of the product use."""
    return json_response({"error": {"code": code, "message": message}}, status=int(status), ensure_ascii=False)
