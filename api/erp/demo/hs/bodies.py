"""What the bot sends, checked against the contract."""

import json
import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from api.erp.demo.hs.problems import Problem

T = TypeVar("T", bound=BaseModel)

Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
KEY = r"[A-Za-z0-9._:-]{1,30}"
CHANGE_KEY = r"[A-Za-z0-9._:-]{1,50}"


def _decimal(pattern: str) -> Any:
    """A decimal string: a number of JSON is refused, because it has no kopecks."""

    def check(value: object) -> Decimal:
        if not isinstance(value, str) or re.fullmatch(pattern, value, re.ASCII) is None:
            raise ValueError("не десятичное число в строке")
        return Decimal(value)

    return BeforeValidator(check)


Money = Annotated[Decimal, _decimal(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")]
Quantity = Annotated[Decimal, _decimal(r"[0-9]{1,10}(\.[0-9]{1,3})?")]


def _date(value: object) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("не дата ГГГГ-ММ-ДД")
    return date.fromisoformat(value)


def _time(value: object) -> time:
    if not isinstance(value, str) or len(value) != 5:
        raise ValueError("не время ЧЧ:ММ")
    return time.fromisoformat(value)


class Line(BaseModel):
    model_config = ConfigDict(strict=True)

    product_id: Id
    quantity: Quantity
    price: Money


class Draft(BaseModel):
    """OrderDraft of the contract."""

    model_config = ConfigDict(strict=True)

    customer_id: Id
    outlet_id: Id | None = None
    warehouse_id: Id | None = None
    delivery_date: Annotated[date, BeforeValidator(_date)]
    window_start: Annotated[time, BeforeValidator(_time)]
    window_end: Annotated[time, BeforeValidator(_time)]
    address: Annotated[str, StringConstraints(max_length=500)] = ""
    comment: Annotated[str, StringConstraints(max_length=4000)] = ""
    check_prices: bool = True
    lines: Annotated[list[Line], Field(min_length=1, max_length=2000)]


class CardIn(BaseModel):
    """CardChange of the contract."""

    model_config = ConfigDict(strict=True)

    field: Literal["address", "phone", "contact"]
    subject_id: Annotated[str, StringConstraints(max_length=100)] = ""
    before: Annotated[str, StringConstraints(max_length=500)]
    after: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    phone: Annotated[str, StringConstraints(max_length=50)] = ""
    force: bool = False


def parse(kind: type[T], body: bytes) -> T:
    """The body as this kind; Problem «invalid» that names the field."""
    try:
        found = kind.model_validate(json.loads(body))
    except ValidationError as error:
        first = error.errors()[0]
        raise Problem("invalid", f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise Problem("invalid", "Тело — не JSON.") from error
    # JSON may carry half a surrogate pair, which no database keeps.
    if any("\ud800" <= letter <= "\udfff" for letter in repr(found.model_dump())):
        raise Problem("invalid", "В тексте половина знака.")
    return found
