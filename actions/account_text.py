"""Texts about sent orders, money and delivery."""

import re

from actions.views import BalanceView, DeliveryView, OrderView

_NO_DEBT = re.compile(r"^0(?:[.,]0+)?\s*₽")
_ADVANCE = re.compile(r"^[-−–]\s*")


def order_name(order: OrderView) -> str:
    """«Заказ №12847 от 15 декабря»; an order on its way to the accounting system has no number yet."""
    number = f"Заказ №{order['number']}" if order["number"] else "Заказ"
    return f"{number} от {order['created_text']}"


def order_status(order: OrderView) -> str:
    """Where the order is, when it comes, what it costs."""
    parts = [f"{order_name(order)}: {order['status_text']}."]
    if order["delivery_text"] and order["status"] not in ("cancelled", "delivered"):
        parts.append(f"Доставка {order['delivery_text']}.")
    if order["total_text"]:
        parts.append(f"Сумма {order['total_text']}.")
    return " ".join(parts)


def ask_cancel(order: OrderView) -> str:
    delivery = f", доставка {order['delivery_text']}" if order["delivery_text"] else ""
    name = order_name(order)
    return f"Отменить {name[:1].lower()}{name[1:]} на {order['total_text']}{delivery}?"


def balance(view: BalanceView) -> str:
    """Facts, figures, requisites; no emotion."""
    lines = [_debt(view["debt_text"], view["as_of_text"])]
    if view["overdue_text"]:
        lines.append(f"Из них срок оплаты прошёл: {view['overdue_text']}.")
    for invoice in view["invoices"]:
        past = "срок был" if invoice["overdue"] else "срок"
        lines.append(
            f"По счёту №{invoice['number']} от {invoice['issued_text']} остаток к оплате {invoice['rest_text']}, "
            f"{past} {invoice['due_text']}."
        )
    if view["limit_text"]:
        available = f", доступно {view['available_text']}" if view["available_text"] else ""
        lines.append(f"Кредитный лимит {view['limit_text']}{available}.")
    if view["requisites"]:
        lines.append(requisites(view["requisites"]))
    return "\n".join(lines)


def requisites(text: str) -> str:
    """The requisites with their title, or the sentence that stands in for them."""
    return text if text.lower().startswith("реквизит") else f"Реквизиты для оплаты: {text}"


def _debt(debt: str | None, as_of: str | None) -> str:
    if debt is None:
        return "Данных о взаиморасчётах у меня нет, их подскажет ваш менеджер."
    when = f" ({as_of})" if as_of else ""
    if _NO_DEBT.match(debt):
        return f"Задолженности нет{when}."
    if _ADVANCE.match(debt):
        return f"Задолженности нет, ваш аванс {_ADVANCE.sub('', debt)}{when}."
    return f"Остаток к оплате {debt}{when}."


def delivery(view: DeliveryView) -> str:
    """The next delivery, the cut-off, the days, the minimum, the address; what is unknown is left out."""
    lines = []
    if view["next"]:
        lines.append(f"Ближайшая доставка — {view['next']['date_text']}, {view['next']['window_text']}.")
    if view["cutoff_text"]:
        lines.append(f"Заказ {view['cutoff_text']}.")
    if view["days_text"]:
        lines.append(f"Возим {view['days_text']}.")
    if view["minimum_text"]:
        lines.append(f"Минимальная сумма заказа — {view['minimum_text']}.")
    if view["address"]:
        lines.append(f"Адрес доставки: {view['address']}.")
    return "\n".join(lines) or "Дни и время доставки подскажет менеджер."
