"""What the audit log's actions are called, and where what they were done to is shown. A test holds it to the code."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

PEOPLE = "/console/system/people"
CONVERSATION = "/console/conversations/{subject}"
CUSTOMER = "/console/customers/{customer}"
ORDER = "/console/orders/{subject}"
WORDS = "/console/words"
ACCOUNTING = "/console/accounting"
NOWHERE = ""

ACTIONS: dict[str, tuple[str, str]] = {
    # Logging in.
    "log_in": ("вошёл в консоль", NOWHERE),
    "login_locked": ("подбор пароля или кода остановлен", PEOPLE),
    "password_change": ("сменил свой пароль", NOWHERE),
    "second_factor_on": ("включил свой второй фактор", NOWHERE),
    "second_factor_off": ("отключил свой второй фактор", NOWHERE),
    "session_end": ("завершил свой сеанс", NOWHERE),
    "session_end_all": ("вышел на всех устройствах", NOWHERE),
    "person_add": ("добавил человека", PEOPLE),
    "person_change": ("изменил имя или роль", PEOPLE),
    "person_close": ("закрыл вход человеку", PEOPLE),
    "person_open": ("снова открыл вход человеку", PEOPLE),
    "person_unlock": ("разблокировал вход", PEOPLE),
    "person_password": ("выдал новый пароль", PEOPLE),
    "person_second_factor": ("сбросил второй фактор человека", PEOPLE),
    "person_rescue": ("восстановил вход командой", PEOPLE),
    "audit_download": ("скачал журнал", NOWHERE),
    # Conversations.
    "reply": ("ответил клиенту", CONVERSATION),
    "take": ("взял разговор", CONVERSATION),
    "hand_back": ("вернул разговор помощнику", CONVERSATION),
    "download": ("скачал файл клиента", NOWHERE),
    # Customers.
    "contact_add": ("добавил сотрудника клиента", CUSTOMER),
    "contact_rights": ("изменил права сотрудника", NOWHERE),
    "contact_bar": ("закрыл вход сотруднику", NOWHERE),
    "contact_unbar": ("снова открыл вход сотруднику", NOWHERE),
    "phone_add": ("добавил номер сотрудника", NOWHERE),
    "phone_revoke": ("отозвал номер сотрудника", NOWHERE),
    "number_trust": ("подтвердил номер в чате", "/console/conversations/{conversation}"),
    "login_set": ("задал логин сотрудника", NOWHERE),
    "login_remove": ("убрал логин сотрудника", NOWHERE),
    "invite": ("пригласил сотрудника", NOWHERE),
    "code_issue": ("выдал код входа", CUSTOMER),
    "code_revoke": ("отозвал код входа", CUSTOMER),
    "code_end": ("закрыл входы по коду", CUSTOMER),
    "card_change": ("изменил карточку клиента", CUSTOMER),
    "card_ours": ("оставил в карточке наше значение", CUSTOMER),
    "card_theirs": ("принял в карточку значение учётной системы", CUSTOMER),
    "request_done": ("выполнил просьбу клиента", CUSTOMER),
    "request_refused": ("отклонил просьбу клиента", CUSTOMER),
    "sign_in_locked": ("клиенту закрыт вход: много попыток", CONVERSATION),
    # Orders, words, accounting systems.
    "order_replay": ("отправил заказ ещё раз", ORDER),
    "alias_add": ("добавил слово", WORDS),
    "alias_share": ("сделал слово общим", WORDS),
    "alias_revoke": ("отменил слово", WORDS),
    "accounting_read": ("прочитал учётную систему", ACCOUNTING),
    "accounting_approve": ("принял подозрительное чтение", ACCOUNTING),
    "accounting_refuse": ("отклонил подозрительное чтение", ACCOUNTING),
}

ACTORS = {
    "./run admin": "команда на сервере",
    "sign-in": "вход клиентов",
    "contact": "клиент",
}
"""Who is no login. What follows a colon says which."""

FACTS = {
    "before": "было",
    "role": "роль",
    "rights": "права",
    "way": "способ",
    "ended": "закрыто входов",
    "phrase": "слово",
    "product": "товар",
    "backend": "система",
    "data": "данные",
    "field": "поле",
    "channel": "канал",
    "locked": "по чему",
    "step": "шаг",
    "customer": "клиент",
    "kind": "вид",
    "reason": "причина",
    "value": "стало",
}


def action_words(action: str) -> str:
    return ACTIONS[action][0] if action in ACTIONS else action


def address_of(action: str, subject: str, data: Mapping[str, Any]) -> str:
    """The page of what it was done to; empty where there is none, or it takes a fact that was not noted."""
    pattern = ACTIONS.get(action, ("", NOWHERE))[1]
    facts = {"subject": subject, **data}
    try:
        return pattern.format_map({name: quote(str(value), safe="/") for name, value in facts.items()})
    except KeyError:
        return NOWHERE


def actor_words(actor: str, names: Mapping[str, str]) -> str:
    """`names`: of logins."""
    return names.get(actor) or ACTORS.get(actor.partition(":")[0], actor)


def facts_words(data: Mapping[str, Any]) -> str:
    """«роль: manager, было: trainer»."""
    return ", ".join(f"{FACTS.get(name, name)}: {value}" for name, value in data.items() if value not in ("", None))
