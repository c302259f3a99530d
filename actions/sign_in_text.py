"""The words of signing in: what is asked depends on the ways that the distributor and the channel leave."""

from actions import replies
from actions.views import Button, SignInView

HELLO = "Здравствуйте! "
ASK_CODE = "Чтобы показать ваши цены, нужен код компании — его даёт ваш менеджер. Напишите его сюда."
ASK_CODE_AGAIN = (
    "Без кода компании я не вижу ваших цен и заказов. Напишите код, который дал менеджер, — или позовите человека."
)
ASK_CONTACT = "Чтобы показать ваши цены, нужно узнать вас. Нажмите «Отправить мой номер»."
ASK_NUMBER = "Чтобы показать ваши цены, нужно узнать вас. Нажмите «Войти по номеру»."
ASK_TYPED = "Чтобы показать ваши цены, нужно узнать вас. Напишите номер телефона, я пришлю код для входа."
ASK_LOGIN = (
    "Чтобы показать ваши цены, нужно войти с логином и паролем: их даёт ваш менеджер. Нажмите «Войти с паролем»."
)
ASK_PERSON = "Чтобы показать ваши цены, нужно узнать вас. С этим поможет менеджер."
FIRST = {"contact": ASK_CONTACT, "number": ASK_NUMBER, "typed": ASK_TYPED, "code": ASK_CODE, "login": ASK_LOGIN}
OR = {
    "contact": "Или нажмите «Отправить мой номер».",
    "number": "Или войдите по номеру телефона.",
    "typed": "Или напишите номер телефона: пришлю код для входа.",
    "code": "Или напишите код компании — его даёт ваш менеджер.",
    "login": "Или войдите с логином и паролем.",
}
BUTTONS: dict[str, Button] = {
    "contact": replies.SHARE_PHONE,
    "number": replies.BY_NUMBER,
    "login": replies.BY_LOGIN,
}

PROBLEMS = {
    "foreign_contact": "Это чужой контакт. Отправьте, пожалуйста, свой: нажмите кнопку под этим сообщением.",
    "unknown_phone": "Вашего номера нет в карточках наших клиентов.",
    "doubt": "По одному номеру не получается понять, кто вы.",
}
CLOSED = {
    "contact": "Ваш доступ к заказам компании закрыт.",
    "phone": "Этот номер больше не привязан к вашей карточке, поэтому вход закрыт.",
    "code": "Код, по которому вы вошли, больше не действует.",
    "login": "Пароль, с которым вы вошли, больше не действует.",
    "customer": "Заказы для вашей компании сейчас закрыты.",
}
ASK_MANAGER = "Если это ошибка, поможет менеджер{manager}."

SENT = {
    "sms": "Отправил SMS с кодом на ваш номер.",
    "email": "Отправил письмо с кодом на вашу почту.",
}
PASSWORD_RIGHT = "Пароль подошёл. Напишите сюда число со страницы — оно действует 10 минут."
SENT_PERHAPS = "Если этот номер есть в карточке клиента, на него или на почту придёт код."
ENTER_CODE = "Напишите код сюда — он действует 10 минут."
CHOOSE_COMPANY = "От какой компании вы пишете?"
LOGIN_PAGE = "Логин и пароль вводите только на этой странице, не в чате. Ссылка действует 15 минут."
SIGNED_OUT = "Вы вышли."

SIGN_OUT_WORDS = {"выйти", "выход", "выйти из аккаунта", "разлогиниться", "выйди"}
SWITCH_WORDS = {
    "сменить компанию",
    "смени компанию",
    "другая компания",
    "выбрать компанию",
    "выбрать другую компанию",
    "поменять компанию",
    "переключить компанию",
}

WRONG_CODE = "Такого кода нет. Проверьте, пожалуйста, и напишите ещё раз — или позовите человека."
TOO_MANY_ATTEMPTS = "Слишком много попыток подряд. Подождите, пожалуйста, немного — или позовите человека."
REFUSED = {
    "wrong_code": WRONG_CODE,
    "too_many_attempts": TOO_MANY_ATTEMPTS,
    "wrong_one_time_code": "Код не подошёл. Проверьте, пожалуйста, и напишите ещё раз.",
    "code_expired": "Этот код больше не действует. Запросите новый.",
    "code_just_sent": "Код уже отправлен. Новый можно запросить через минуту.",
    "code_limit": "Кодов отправлено слишком много. Попробуйте через час — или позовите человека.",
    "wrong_phone": "Не разобрал номер. Напишите его, пожалуйста, целиком: +7 900 000-00-00.",
    "no_code_sent": "Сначала отправьте номер телефона.",
    "no_company": "Выберите, пожалуйста, компанию заново.",
    "one_company": "Ваш вход — только для одной компании.",
    "wrong_page_number": "Число не подошло. Посмотрите на страницу и напишите ещё раз.",
    "page_number_over": "Это число больше не действует. Запросите новую ссылку.",
    "already_in": "Вы уже вошли. Чтобы войти иначе, сначала напишите «выйти».",
    "no_way": "Вход с паролем здесь не используется.",
}
"""What the api may refuse while a visitor signs in, for when it gives no words of its own."""


def first_words(view: SignInView) -> str:
    """All the ways in one text, the preferred first."""
    ways = view["ways"]
    if view["problem"] in ("unknown_phone", "doubt"):
        # The number has been tried: what is left comes first.
        ways = [way for way in ways if way not in ("contact", "number")]
    asked = [FIRST[ways[0]], *(OR[way] for way in ways[1:])] if ways else [ASK_PERSON]
    return " ".join(asked)


def opening(view: SignInView) -> str:
    """What has to be said before the ways: a closed door, a number that did not help."""
    if view["closed"]:
        words = CLOSED.get(view["closed"], CLOSED["contact"])
        return f"{words} {ASK_MANAGER.format(manager=replies.named(view['manager']))}"
    return PROBLEMS.get(view["problem"], "")


def way_buttons(view: SignInView) -> list[Button]:
    return [BUTTONS[way] for way in view["ways"] if way in BUTTONS]


def code_sent(view: SignInView) -> str:
    """Where the code is: on the page for a password, or where it went.

    To a number that nobody vouches for it is not told whether it went at all.
    """
    if view["sent_by"] == ["page"]:
        return PASSWORD_RIGHT
    sent = " ".join(SENT[way] for way in view["sent_by"] if way in SENT)
    return f"{sent or SENT_PERHAPS} {ENTER_CODE}"
