"""What the audit log's actions are called, and where what they were done to is shown. A test holds it to the code."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from api.console.access import ROLES

PEOPLE = "/console/system/people"
CONVERSATION = "/console/conversations/{subject}"
CUSTOMER = "/console/customers/{customer}"
COMPANY = "/console/customers/{subject}"
ORDER = "/console/orders/{subject}"
WORDS = "/console/words"
REVIEW = "/console/review"
PAYBACK = "/console/figures/payback"
SYSTEM = "/console/system"
ACCOUNTING = "/console/accounting"
MODELS = "/console/training/models"
NOWHERE = ""

ACTIONS: dict[str, tuple[str, str]] = {
    # Logging in.
    "log_in": ("вход в консоль", NOWHERE),
    "login_locked": ("подбор пароля или кода остановлен", PEOPLE),
    "password_change": ("свой новый пароль", NOWHERE),
    "second_factor_on": ("свой второй фактор включён", NOWHERE),
    "second_factor_off": ("свой второй фактор отключён", NOWHERE),
    "session_end": ("свой сеанс завершён", NOWHERE),
    "session_end_all": ("выход на всех устройствах", NOWHERE),
    "person_add": ("новый человек", PEOPLE),
    "person_change": ("имя или роль человека", PEOPLE),
    "person_close": ("вход человеку закрыт", PEOPLE),
    "person_open": ("вход человеку снова открыт", PEOPLE),
    "person_unlock": ("вход человека разблокирован", PEOPLE),
    "person_password": ("новый пароль человеку", PEOPLE),
    "person_second_factor": ("второй фактор человека сброшен", PEOPLE),
    "person_rescue": ("вход восстановлен командой", PEOPLE),
    "audit_download": ("журнал скачан", NOWHERE),
    # Conversations.
    "reply": ("ответ клиенту", CONVERSATION),
    "take": ("разговор взят", CONVERSATION),
    "hand_back": ("разговор возвращён помощнику", CONVERSATION),
    "add_answer": ("быстрый ответ добавлен", NOWHERE),
    "change_answer": ("быстрый ответ изменён", NOWHERE),
    "delete_answer": ("быстрый ответ удалён", NOWHERE),
    "alerts_on": ("уведомления в мессенджер включены", NOWHERE),
    "alerts_off": ("уведомления в мессенджер отключены", NOWHERE),
    "download": ("файл клиента скачан", NOWHERE),
    # Customers.
    "contact_add": ("новый сотрудник клиента", CUSTOMER),
    "contact_rights": ("права сотрудника", NOWHERE),
    "contact_bar": ("вход сотруднику закрыт", NOWHERE),
    "contact_unbar": ("вход сотруднику снова открыт", NOWHERE),
    "phone_add": ("номер сотрудника добавлен", NOWHERE),
    "phone_revoke": ("номер сотрудника отозван", NOWHERE),
    "number_trust": ("номер в чате подтверждён", "/console/conversations/{conversation}"),
    "login_set": ("логин сотрудника", NOWHERE),
    "login_remove": ("логин сотрудника убран", NOWHERE),
    "invite": ("приглашение сотруднику", NOWHERE),
    "code_issue": ("код входа выдан", CUSTOMER),
    "code_revoke": ("код входа отозван", CUSTOMER),
    "code_end": ("входы по коду закрыты", CUSTOMER),
    "card_change": ("карточка клиента изменена", CUSTOMER),
    "card_ours": ("в карточке оставлено наше значение", CUSTOMER),
    "card_theirs": ("в карточку принято значение учётной системы", CUSTOMER),
    "request_done": ("просьба клиента выполнена", CUSTOMER),
    "request_refused": ("просьба клиента отклонена", CUSTOMER),
    "contact_channel": ("канал уведомлений сотрудника", NOWHERE),
    "pilot_on": ("клиент участвует в пилоте", COMPANY),
    "pilot_off": ("клиент больше не участвует в пилоте", COMPANY),
    "credit_released": ("заказ разрешён сверх правила", COMPANY),
    "credit_declined": ("в заказе сверх правила отказано", COMPANY),
    "credit_revoked": ("разрешение отозвано", COMPANY),
    "sign_in_locked": ("вход клиента закрыт: много попыток", CONVERSATION),
    # Orders, words, what was not understood, figures, settings, accounting systems.
    "order_replay": ("заказ отправлен ещё раз", ORDER),
    "order_withdraw": ("заказ отозван", ORDER),
    "order_reviewed": ("отличия в заказе просмотрены", ORDER),
    "alias_add": ("слово добавлено", WORDS),
    "alias_share": ("слово стало общим", WORDS),
    "alias_revoke": ("слово отменено", WORDS),
    "review_decide": ("непонятое разобрано", REVIEW),
    "review_undo": ("решение о непонятом отменено", REVIEW),
    "payback_changed": ("допущения окупаемости изменены", PAYBACK),
    "payback_reset": ("допущения окупаемости сброшены", PAYBACK),
    "option_set": ("настройка изменена", SYSTEM),
    "job_repeat": ("задание повторено", SYSTEM),
    "job_dismiss": ("задание снято", SYSTEM),
    "model_publish": ("модель введена", MODELS),
    "model_roll_back": ("возврат к прежней модели", MODELS),
    "accounting_read": ("чтение учётной системы", ACCOUNTING),
    "accounting_approve": ("подозрительное чтение принято", ACCOUNTING),
    "accounting_refuse": ("подозрительное чтение отклонено", ACCOUNTING),
}

ACTORS = {
    "./run admin": "команда на сервере",
    "./run model": "команда на сервере",
    "sign-in": "вход клиентов",
    "contact": "клиент",
    "owner_changed": "номер перешёл к другому человеку",
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
    "after": "стало",
    "until": "до",
    "amount": "до суммы",
    "items": "сколько",
    "task": "задание",
    "previous": "прежняя модель",
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
    """«было: тренер, роль: менеджер»."""
    told = {
        FACTS.get(name, name): ROLES.get(str(value), value) for name, value in data.items() if value not in ("", None)
    }
    return ", ".join(f"{name}: {value}" for name, value in told.items())
