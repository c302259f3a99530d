"""The customer's card in the chat: what changed at once, what is still needed, what a manager will do."""

from actions import replies
from actions.sign_in import phone_in
from actions.turn import Turn
from actions.views import ProfileView

NEEDED = {
    "employee": "Напишите имя и телефон сотрудника, например: «Ирина Белова, +7 900 000-00-00».",
    "phone": "Напишите новый номер телефона целиком: +7 900 000-00-00.",
}
EMPLOYEE_ADDED = "Добавил: {name}. Перешлите, пожалуйста, это приглашение:"
PHONE_ADDED = (
    "Записал номер {text}: теперь вас узнают и по нему. "
    "Прежний тоже действует; если он больше не ваш, скажите менеджеру."
)
REQUESTED = {
    "dismissal": "Передал менеджеру: {text}. Он закроет доступ и напишет здесь. Если срочно — позвоните.",
    "employee": "Передал менеджеру: {text}. Он откроет доступ и напишет здесь.",
    "phone": "Передал менеджеру: {text}. Он привяжет номер и напишет здесь.",
    "address": "Передал менеджеру: {text}. Он внесёт адрес и напишет здесь; до этого везём по прежнему.",
    "requisites": "Передал менеджеру: {text}. Он попросит документы, если они нужны, и напишет здесь.",
    "other": "Передал менеджеру: {text}. Он ответит здесь.",
}
MENU = [replies.MENU, replies.CALL_HUMAN]


async def change_card(turn: Turn, kind: str | None = None) -> None:
    """Passes the words on and says what became of them."""
    tell(turn, await turn.gateway.profile(turn.text, kind))


async def answered(turn: Turn) -> bool:
    """«Ирина, 8 900…» after the question for it. True: the turn was spent on it."""
    if not turn.expects("profile") or not phone_in(turn.text):
        return False
    await change_card(turn, turn.expected_value)
    return True


def tell(turn: Turn, view: ProfileView) -> None:
    turn.expect(None)
    if view["state"] == "incomplete":
        turn.say(NEEDED[view["kind"]], [replies.CALL_HUMAN])
        turn.expect(f"profile:{view['kind']}")
    elif view["state"] == "requested":
        turn.say(REQUESTED[view["kind"]].format(text=view["text"]), MENU)
    elif view["state"] == "done" and view["kind"] == "employee":
        turn.say(EMPLOYEE_ADDED.format(name=view["name"]))
        turn.say(view["text"], MENU)
    elif view["state"] == "done":
        turn.say(PHONE_ADDED.format(text=view["text"]), MENU)
    else:
        turn.say(view["text"], MENU)
