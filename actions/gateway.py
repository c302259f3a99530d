"""The only client of the api. One connection pool for the process; the token of the message scopes every call."""

import asyncio
import json
import logging
import os
from typing import Any, cast
from urllib.parse import quote
from weakref import WeakKeyDictionary

import httpx

from actions.views import (
    BalanceView,
    Cancellation,
    CartView,
    CategoriesView,
    Confirmation,
    DeliveryView,
    HandoffView,
    LinkView,
    LookupView,
    MeView,
    OrdersView,
    OrderView,
    ProductsPage,
    ProfileView,
    PromotionsView,
    RatingView,
    SignInView,
    TurnOutcome,
)

log = logging.getLogger(__name__)

DEFAULT_API_URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 8.0
"""A turn must not outlive Rasa's lock of the conversation (60 s), nor a person's patience."""

_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient]" = WeakKeyDictionary()


class GatewayError(Exception):
    """The api refused or did not answer. `message` is for a person (may be empty), `code` for the program."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def shared_client() -> httpx.AsyncClient:
    """The pool of this process: a client belongs to the event loop in which it was made."""
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None or client.is_closed:
        client = httpx.AsyncClient(
            timeout=float(os.environ.get("API_TIMEOUT_SECONDS", TIMEOUT_SECONDS)),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            transport=httpx.AsyncHTTPTransport(retries=1),
            trust_env=False,
        )
        _clients[loop] = client
    return client


class Gateway:
    """The calls of the contract, one method each. Every method raises `GatewayError` and nothing else."""

    def __init__(self, token: str, base_url: str | None = None) -> None:
        self._token = token
        self._base_url = (base_url or os.environ.get("API_URL") or DEFAULT_API_URL).rstrip("/")

    async def _call(self, method: str, path: str, body: object = None, **params: str | int | None) -> Any:
        try:
            response = await shared_client().request(
                method,
                f"{self._base_url}/v1/{path}",
                json=body,
                params={name: value for name, value in params.items() if value is not None},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        except httpx.TimeoutException as error:
            raise GatewayError("timeout", "", 504) from error
        except httpx.HTTPError as error:
            raise GatewayError("unreachable", "", 503) from error
        if response.is_success:
            return _answer(response)
        raise _refusal(response)

    async def me(self) -> MeView:
        return cast(MeView, await self._call("GET", "me"))

    async def sign_in(self, code: str) -> MeView:
        """Signs the conversation in; 403 `wrong_code`, 429 `too_many_attempts`."""
        return cast(MeView, await self._call("POST", "session/sign-in", {"code": code}))

    async def session(self) -> SignInView:
        """How far the visitor has come with signing in."""
        return cast(SignInView, await self._call("GET", "session"))

    async def phone(self, phone: str) -> SignInView:
        """A typed number; 403 `wrong_phone`, 429 `code_just_sent`, `code_limit`, `too_many_attempts`."""
        return cast(SignInView, await self._call("POST", "session/phone", {"phone": phone}))

    async def one_time_code(self, code: str) -> SignInView:
        """403 `wrong_one_time_code`, `code_expired`; 429 `too_many_attempts`."""
        return cast(SignInView, await self._call("POST", "session/one-time-code", {"code": code}))

    async def resend_code(self) -> SignInView:
        return cast(SignInView, await self._call("POST", "session/resend"))

    async def choose_company(self, company: str) -> SignInView:
        """403 `no_company` for one that was not offered."""
        return cast(SignInView, await self._call("POST", "session/company", {"company": company}))

    async def switch_company(self) -> SignInView:
        """403 `one_company`."""
        return cast(SignInView, await self._call("POST", "session/switch"))

    async def login_link(self) -> str:
        """The address of the page for a login and password."""
        return cast(LinkView, await self._call("POST", "session/login-link"))["url"]

    async def sign_out(self) -> SignInView:
        return cast(SignInView, await self._call("POST", "session/sign-out"))

    async def prefer_channel(self, channel: str) -> None:
        """News of orders come there from now on; 409 `nobody_there`, `no_person`."""
        await self._call("PUT", "me/channel", {"channel": channel})

    async def message(self, text: str, intent: str, confidence: float, focus_sku: str | None = None) -> TurnOutcome:
        """The customer's words: an answer to an open question, else an order to read."""
        body = {"text": text, "focus_sku": focus_sku, "intent": intent, "confidence": confidence}
        return cast(TurnOutcome, await self._call("POST", "cart/messages", body))

    async def cart(self) -> CartView:
        return cast(CartView, await self._call("GET", "cart"))

    async def repeat(self, order: str | None = None, mode: str | None = None) -> TurnOutcome:
        return cast(TurnOutcome, await self._call("POST", "cart/repeat", {"order": order, "mode": mode}))

    async def set_line(self, sku: str, quantity: str | None) -> TurnOutcome:
        """`quantity` in base units; None takes the line out."""
        return cast(TurnOutcome, await self._call("PUT", f"cart/lines/{_part(sku)}", {"quantity": quantity}))

    async def replace_line(self, sku: str, by_sku: str) -> TurnOutcome:
        return cast(TurnOutcome, await self._call("POST", "cart/replace", {"sku": sku, "by_sku": by_sku}))

    async def answer(self, question: str, value: str | None) -> TurnOutcome:
        """The button of an open question; None drops the question."""
        return cast(TurnOutcome, await self._call("POST", f"cart/questions/{_part(question)}", {"value": value}))

    async def drop_questions(self) -> TurnOutcome:
        """Leaves out of the order all that is still asked about."""
        return cast(TurnOutcome, await self._call("DELETE", "cart/questions"))

    async def attached_list(self, attachment: str, column: str | None) -> TurnOutcome:
        """Reads a list in a file; 422 `unreadable` with the reason. `column`: of the quantities, «-1» for none."""
        body = {"column": None if column is None else int(column)}
        return cast(TurnOutcome, await self._call("POST", f"cart/lists/{_part(attachment)}", body))

    async def clear(self) -> TurnOutcome:
        return cast(TurnOutcome, await self._call("POST", "cart/clear"))

    async def choose_outlet(self, outlet: str) -> TurnOutcome:
        return cast(TurnOutcome, await self._call("PUT", "cart/outlet", {"outlet_id": outlet}))

    async def fit_limit(self) -> TurnOutcome:
        return cast(TurnOutcome, await self._call("POST", "cart/fit-limit"))

    async def confirm(self, version: int | None, leave: bool = False) -> Confirmation:
        return cast(Confirmation, await self._call("POST", "orders", {"version": version, "leave": leave}))

    async def last_order(self) -> OrderView | None:
        return await self._order("orders/last")

    async def order_by_number(self, number: str) -> OrderView | None:
        return await self._order("orders", number=number)

    async def orders(self, limit: int = 5) -> list[OrderView]:
        return cast(OrdersView, await self._call("GET", "orders", limit=limit))["orders"]

    async def cancel(self, order: str) -> Cancellation:
        return cast(Cancellation, await self._call("POST", f"orders/{_part(order)}/cancel"))

    async def rate_order(self, order: str, score: int) -> RatingView:
        """The tap after an order; 404 `rating_not_found` where nobody asked."""
        return cast(RatingView, await self._call("PUT", f"orders/{_part(order)}/rating", {"score": score}))

    async def comment_rating(self, order: str, text: str) -> RatingView:
        return cast(RatingView, await self._call("PUT", f"orders/{_part(order)}/rating/comment", {"text": text}))

    async def delivery(self) -> DeliveryView:
        return cast(DeliveryView, await self._call("GET", "delivery"))

    async def balance(self) -> BalanceView:
        return cast(BalanceView, await self._call("GET", "balance"))

    async def profile(self, text: str, kind: str | None = None) -> ProfileView:
        """A change of the customer's card in words; `kind` of the question that they answer."""
        return cast(ProfileView, await self._call("POST", "profile", {"text": text, "kind": kind}))

    async def categories(self, parent: str | None = None) -> CategoriesView:
        return cast(CategoriesView, await self._call("GET", "catalog/categories", parent=parent))

    async def products(self, category: str | None = None, query: str | None = None, page: int = 1) -> ProductsPage:
        answer = await self._call("GET", "catalog/products", category=category, query=query, page=page)
        return cast(ProductsPage, answer)

    async def lookup(self, text: str) -> LookupView:
        return cast(LookupView, await self._call("POST", "catalog/lookup", {"text": text}))

    async def promotions(self) -> PromotionsView:
        return cast(PromotionsView, await self._call("GET", "promotions"))

    async def handoff(self, reason: str, note: str) -> HandoffView:
        """Calls a person; from then on the bot is silent in this conversation."""
        return cast(HandoffView, await self._call("POST", "handoff", {"reason": reason, "note": note}))

    async def misunderstood(self, text: str, intent: str, confidence: float, stage: int) -> None:
        body = {"text": text, "intent": intent, "confidence": confidence, "stage": stage}
        await self._call("POST", "misunderstood", body)

    async def _order(self, path: str, **params: str) -> OrderView | None:
        try:
            return cast(OrderView, await self._call("GET", path, **params))
        except GatewayError as error:
            if error.status == 404:
                return None
            raise


def _part(value: str) -> str:
    return quote(value, safe="")


def _answer(response: httpx.Response) -> Any:
    if not response.content:
        return {}
    try:
        return response.json()
    except json.JSONDecodeError as error:
        log.error("the api answered %s with something that is no JSON", response.request.url.path)
        raise GatewayError("bad_answer", "", response.status_code) from error


def _refusal(response: httpx.Response) -> GatewayError:
    try:
        error = response.json()["error"]
        return GatewayError(str(error["code"]), str(error.get("message") or ""), response.status_code)
    except (ValueError, KeyError, TypeError, AttributeError):
        log.error("the api refused %s without the agreed error body", response.request.url.path)
        return GatewayError("bad_answer", "", response.status_code)
