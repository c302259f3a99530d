"""Answers of the api in the contract's shape: the café of the article, its cart, orders and money."""

from copy import deepcopy
from typing import Any

MANAGER = {"name": "Анна", "phone": "+7 900 000-11-22"}
OUTLET = {"id": "o-1", "name": "Кофейня", "address": "ул. Садовая, 3"}
OUTLETS = [
    {"id": "o-1", "name": "Столовая на Лесной", "address": "Лесная, 7"},
    {"id": "o-2", "name": "Столовая на Речной", "address": "Речная, 15"},
]
NO_DIFFERENCE = {
    "note": "",
    "previous_quantity_text": None,
    "price_was_text": None,
    "substitute": None,
    "issue": None,
    "issue_text": None,
}


def product(sku: str, name: str, short: str, price: str | None, **other: Any) -> dict[str, Any]:
    base = {"sku": sku, "name": name, "short_name": short, "unit": "шт", "price_text": price}
    return {**base, "stock": "in", "stock_text": "в наличии", **other}


MILK = product("20001", "Молоко 3,2%, 10 л", "Молоко", "500 ₽")
CREAM = product("20002", "Сливки 20%, 1 л", "Сливки", "180 ₽")
VANILLA = product("20003", "Сироп ваниль, 1 л", "Сироп ваниль", "600 ₽")
CARAMEL = product("20004", "Сироп карамель, 1 л", "Сироп карамель", "650 ₽")


def line(of: dict[str, Any], quantity: str, total: str, **other: Any) -> dict[str, Any]:
    amount = {"quantity": quantity, "quantity_text": f"{quantity} шт.", "step": "1", "sum_text": total}
    return {**of, **amount, **NO_DIFFERENCE, **other}


def usual_lines() -> list[dict[str, Any]]:
    return [line(MILK, "5", "2 500 ₽"), line(CREAM, "10", "1 800 ₽"), line(VANILLA, "2", "1 200 ₽")]


def cart(lines: list[dict[str, Any]] | None = None, total: str = "5 500 ₽", **other: Any) -> dict[str, Any]:
    lines = usual_lines() if lines is None else lines
    return {
        "version": 3,
        "outlet": OUTLET,
        "lines": lines,
        "total": "5500.00",
        "total_text": total,
        "base": None,
        "questions": [],
        "empty": not lines,
        **other,
    }


def empty_cart(**other: Any) -> dict[str, Any]:
    return cart([], "0 ₽", **other)


BASE = {"number": "12801", "date_text": "15.12.2025"}


def change(op: str, of: dict[str, Any], before: str | None, after: str | None, total: str | None) -> dict[str, Any]:
    named = {"sku": of["sku"], "name": of["name"], "short_name": of["short_name"]}
    return {"op": op, **named, "before_text": before, "after_text": after, "sum_text": total}


def outcome(kind: str, of: dict[str, Any], changes: list[dict[str, Any]] | None = None, **other: Any) -> dict[str, Any]:
    return {"kind": kind, "changes": changes or [], "notices": [], "cart": of, "outlets": [], **other}


def repeated(**other: Any) -> dict[str, Any]:
    """The last order as it was: nothing has changed since."""
    changes = [
        change("repeated", MILK, None, "5 шт.", "2 500 ₽"),
        change("repeated", CREAM, None, "10 шт.", "1 800 ₽"),
        change("repeated", VANILLA, None, "2 шт.", "1 200 ₽"),
    ]
    return outcome("changed", cart(base=BASE, **other), changes)


def milk_eight() -> dict[str, Any]:
    """«8» after «Сколько штук молока?»."""
    lines = usual_lines()
    lines[0] = line(MILK, "8", "4 000 ₽", previous_quantity_text="5 шт.")
    changes = [change("set", MILK, "5 шт.", "8 шт.", "4 000 ₽")]
    return outcome("changed", cart(lines, "7 000 ₽", base=BASE, version=4), changes)


def question(reason: str, phrase: str, options: list[dict[str, Any]] | None = None, **other: Any) -> dict[str, Any]:
    base = {"id": "q-1", "phrase": phrase, "reason": reason, "operation": "set", "quantity_text": None}
    return {**base, "options": options or [], **other}


def notice(code: str, phrase: str = "", name: str | None = None, quantity: str | None = None) -> dict[str, Any]:
    return {"code": code, "phrase": phrase, "name": name, "quantity_text": quantity}


def me(**other: Any) -> dict[str, Any]:
    return {
        "signed_in": True,
        "customer": {"name": "ООО «Кофейня у Петра»"},
        "contact_name": "",
        "rights": ["order", "prices", "balance", "people"],
        "outlets": [OUTLET],
        "outlet": OUTLET,
        "manager": MANAGER,
        "last_order": BASE,
        **other,
    }


def order(**other: Any) -> dict[str, Any]:
    return {
        "id": "7f0e",
        "number": "12847",
        "status": "picking",
        "status_text": "собирается",
        "created_text": "15 декабря",
        "date_text": "15.12.2025",
        "delivery_text": "завтра, 16 декабря, с 9:00 до 12:00",
        "total_text": "7 000 ₽",
        "lines": deepcopy(usual_lines()),
        "can_cancel": True,
        "address": "ул. Садовая, 3",
        **other,
    }


def confirmation(state: str, **other: Any) -> dict[str, Any]:
    base = {"state": state, "order": None, "cart": None, "refusal": None, "warnings": [], "figures_at_text": None}
    return {**base, "manager": MANAGER, **other}


def refusal(code: str, **figures: Any) -> dict[str, Any]:
    base = {"code": code, "message": "", "limit_text": None, "debt_text": None, "over_text": None}
    return {**base, "minimum_text": None, "missing_text": None, **figures}


BALANCE = {
    "debt_text": "62 000 ₽",
    "overdue_text": "50 000 ₽",
    "limit_text": "100 000 ₽",
    "available_text": "38 000 ₽",
    "invoices": [
        {
            "number": "118",
            "issued_text": "01.12",
            "due_text": "10.12",
            "rest_text": "50 000 ₽",
            "overdue": True,
        },
        {"number": "131", "issued_text": "09.12", "due_text": "23.12", "rest_text": "12 000 ₽", "overdue": False},
    ],
    "as_of_text": "по данным на 09:40",
    "requisites": "р/с 40702810000000000001, банк «Первый»",
}
DELIVERY = {
    "next": {"date_text": "завтра, 16 декабря", "window_text": "с 9:00 до 12:00"},
    "cutoff_text": "до 18:00 — завтра, 16 декабря, после — в среду, 17 декабря",
    "days_text": "по будням",
    "minimum_text": "3 000 ₽",
    "address": "ул. Садовая, 3",
}
HANDOFF = {"manager": MANAGER, "working_hours": True, "hours_text": "с 9:00 до 18:00"}


def visitor(**known: Any) -> dict[str, Any]:
    """Somebody who has not signed in, where the only way is a company code."""
    return {
        "step": "ask",
        "me": None,
        "ways": ["code"],
        "companies": [],
        "sent_by": [],
        "problem": "",
        "closed": "",
        "left": False,
        "manager": {"name": "Анна", "phone": "+7 900 000-00-02"},
        **known,
    }
