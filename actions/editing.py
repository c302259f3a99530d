"""Editing: lines of the cart by buttons and numbers, answers to questions, the outlet."""

from actions import cart_text, replies, showing, words
from actions.also import answer_also
from actions.gateway import GatewayError
from actions.skill import SkillAction
from actions.turn import Turn
from actions.views import CartView, LineView

LINES_ON_PAGE = 9
NO_LIMIT = "Свободного лимита не хватает ни на одну позицию заказа."


class EditLines(SkillAction):
    """«Какую позицию изменить?» with a button per line."""

    action_name = "action_edit_lines"

    async def act(self, turn: Turn) -> None:
        cart = await turn.gateway.cart()
        if not cart["lines"]:
            showing.ask_goods(turn, "Корзина пока пуста.")
            return
        page = _page(turn.entities.get("page"))
        start = (page - 1) * LINES_ON_PAGE
        shown = cart["lines"][start : start + LINES_ON_PAGE] or cart["lines"][:LINES_ON_PAGE]
        buttons = [replies.edit_line(title, line["sku"]) for title, line in _line_titles(shown, cart)]
        if start + LINES_ON_PAGE < len(cart["lines"]):
            buttons.append(replies.button("Ещё позиции", "edit_lines", page=str(page + 1)))
        turn.say("Какую позицию изменить?", buttons)


class EditLine(SkillAction):
    """«Сколько штук молока 3,2%, 10 л?»; the next number is the answer."""

    action_name = "action_edit_line"

    async def act(self, turn: Turn) -> None:
        sku, cart = turn.entities.get("sku", ""), await turn.gateway.cart()
        line = next((line for line in cart["lines"] if line["sku"] == sku), None)
        if line is None:
            showing.show_cart(turn, cart, ["Этой позиции в заказе уже нет."])
            return
        turn.say(
            cart_text.ask_quantity(line["name"], line["unit"], line["step"]),
            [replies.remove_line(sku), replies.button("Не менять", "show_cart")],
        )
        turn.expect(f"quantity:{sku}")


class SetLine(SkillAction):
    """A quantity set in place on a card; zero takes the line out."""

    action_name = "action_set_line"

    async def act(self, turn: Turn) -> None:
        quantity = turn.entities["quantity"].replace(",", ".")
        gone = not quantity.strip("0.")
        showing.show_outcome(turn, await turn.gateway.set_line(turn.entities["sku"], None if gone else quantity))


class RemoveLine(SkillAction):
    """The line goes."""

    action_name = "action_remove_line"

    async def act(self, turn: Turn) -> None:
        showing.show_outcome(turn, await turn.gateway.set_line(turn.entities["sku"], None))


class ReplaceLine(SkillAction):
    """The substitute instead of what is missing."""

    action_name = "action_replace_line"

    async def act(self, turn: Turn) -> None:
        outcome = await turn.gateway.replace_line(turn.entities["sku"], turn.entities["by_sku"])
        showing.show_outcome(turn, outcome)


class AnswerQuestion(SkillAction):
    """A button of an open question; «Пропустить» has no value and drops it."""

    action_name = "action_answer_question"

    async def act(self, turn: Turn) -> None:
        outcome = await turn.gateway.answer(turn.entities["id"], turn.entities.get("value"))
        showing.show_outcome(turn, outcome)


class SkipQuestions(SkillAction):
    """«Пропустить все»: what is not cleared up stays out of the order."""

    action_name = "action_skip_questions"

    async def act(self, turn: Turn) -> None:
        showing.show_outcome(turn, await turn.gateway.drop_questions())


class ChooseOutlet(SkillAction):
    """Where to: what was waiting for the choice is done now."""

    action_name = "action_choose_outlet"

    async def act(self, turn: Turn) -> None:
        outcome = await turn.gateway.choose_outlet(turn.entities["outlet"])
        outlet = outcome["cart"]["outlet"]
        where = f"Везём: {outlet['name']}." if outlet else ""
        if not outcome["cart"]["lines"] and not outcome["cart"]["questions"] and not outcome["notices"]:
            showing.ask_goods(turn, where)
            return
        showing.show_outcome(turn, outcome)
        if where:
            turn.messages[0].text = f"{where}\n{turn.messages[0].text}"
        await answer_also(turn, outcome)


class ClearCart(SkillAction):
    """The cart is emptied."""

    action_name = "action_clear_cart"

    async def act(self, turn: Turn) -> None:
        await turn.gateway.clear()
        showing.ask_goods(turn, "Корзина очищена.")


class FitLimit(SkillAction):
    """Quantities are reduced so that the sum fits the credit limit; the customer confirms anew."""

    action_name = "action_fit_limit"

    async def act(self, turn: Turn) -> None:
        try:
            outcome = await turn.gateway.fit_limit()
        except GatewayError as error:
            if error.code != "no_limit":
                raise
            turn.say(error.message or NO_LIMIT, [replies.REQUISITES, replies.CALL_HUMAN])
            return
        cart = outcome["cart"]
        changed = [cart_text.change_text(change, cart) for change in outcome["changes"]]
        if cart["lines"] and outcome["kind"] == "changed":
            showing.show_card(turn, cart, "Уложились в лимит", [text for text in changed if text])
        elif outcome["kind"] == "unchanged":
            showing.show_cart(turn, cart, ["Заказ и так укладывается в лимит."] if cart["lines"] else [])
        else:
            showing.show_outcome(turn, outcome)


def _page(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() else 1


def _line_titles(lines: list[LineView], cart: CartView) -> list[tuple[str, LineView]]:
    """«Молоко — 5 шт.»: the name gives way, the quantity stays whole."""
    names = []
    for line in lines:
        quantity = line["quantity_text"].split(" (")[0]
        room = max(words.TITLE_LIMIT - len(quantity) - 3, 5)
        names.append(f"{words.shorten(cart_text.head_of(line, cart), room)} — {quantity}")
    return list(zip(words.distinct(names), lines, strict=True))
