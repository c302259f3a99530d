"""Label Studio's JSON: tasks with what people (`annotations`) said of them.

https://labelstud.io/guide/task_format, https://labelstud.io/guide/export: a result is `{from_name, to_name, type,
value}`; of type `choices` it says the intent, of type `labels` a piece. The project's labelling config is `CONFIG`.
Places are counted in UTF-16 units, as JavaScript does: an emoji is two (HumanSignal/label-studio#1347).
"""

import json
from collections.abc import Sequence
from typing import Any

from api.review.intents import ENTITIES, INTENTS
from api.training.dataset.errors import Unreadable
from api.training.dataset.notation import value_of
from api.training.schemas import Reviewed

TEXT, INTENT, PIECES = "text", "intent", "pieces"
CONFIG = "\n".join(
    [
        "<View>",
        f'  <Labels name="{PIECES}" toName="{TEXT}">',
        *(f'    <Label value="{name}" hint="{title}"/>' for name, title in ENTITIES.items()),
        "  </Labels>",
        f'  <Text name="{TEXT}" value="${TEXT}"/>',
        f'  <Choices name="{INTENT}" toName="{TEXT}" choice="single" required="true">',
        *(f'    <Choice value="{one.name}" hint="{one.title}"/>' for one in INTENTS),
        "  </Choices>",
        "</View>",
        "",
    ]
)
_Json = dict[str, Any]


def read(content: bytes, source: str, by: str) -> list[Reviewed]:
    """What people labelled and did not skip. Raises Unreadable, with the task, where they contradict each other."""
    try:
        tasks = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Это не JSON в кодировке UTF-8.") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise Unreadable("Это не выгрузка Label Studio: нужен список заданий. Выберите при выгрузке формат JSON.")
    found = [_example(task, number, source, by) for number, task in enumerate(tasks, 1)]
    return [one for one in found if one is not None]


def write(examples: Sequence[Reviewed]) -> bytes:
    """Tasks that are labelled already."""
    tasks = []
    for number, one in enumerate(examples, 1):
        text, entities = value_of(one.text, one.entities)
        result = [_choice(one.intent), *(_piece(text, piece) for piece in entities or ())]
        about = {TEXT: text, "source": one.source, "by": one.by, "marked": entities is not None}
        annotation = {"was_cancelled": False, "ground_truth": False, "result": result}
        tasks.append({"id": number, "data": about, "annotations": [annotation]})
    return json.dumps(tasks, ensure_ascii=False, indent=1).encode()


def _choice(intent: str) -> _Json:
    return {"from_name": INTENT, "to_name": TEXT, "type": "choices", "value": {"choices": [intent]}}


def _piece(text: str, one: _Json) -> _Json:
    start, end = _units(text[: one["start"]]), _units(text[: one["end"]])
    value = {"start": start, "end": end, "text": one["value"], "labels": [one["entity"]]}
    return {"from_name": PIECES, "to_name": TEXT, "type": "labels", "value": value}


def _example(task: _Json, number: int, source: str, by: str) -> Reviewed | None:
    """None for a task that nobody labelled, or everybody skipped."""
    where = f"Задание {task.get('id', number)}"
    data, annotations = task.get("data"), task.get("annotations")
    if not isinstance(data, dict) or not isinstance(annotations, list):
        raise Unreadable(f"{where}: нет «data» или «annotations». Выберите при выгрузке формат JSON, не JSON-MIN.")
    text = data.get(TEXT)
    if not isinstance(text, str) or not text.strip():
        raise Unreadable(f"{where}: нет текста (data.{TEXT}).")
    try:
        said = [(_when(one), _intent(one["result"]), one["result"]) for one in annotations if _completed(one)]
        if len({intent for _, intent, _ in said}) > 1:
            told = ", ".join(sorted({intent for _, intent, _ in said}))
            raise Unreadable(f"{where}: разметили по-разному ({told}). Договоритесь и выгрузите снова.")
        if not said:
            return None
        _, intent, result = max(enumerate(said), key=lambda one: (one[1][0], one[0]))[1]
        pieces = [_span(text, one["value"]) for one in result if one.get("type") == "labels"]
        kept, entities = value_of(text, pieces if pieces or data.get("marked") is not False else None)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Unreadable(f"{where}: разметка не читается или не подходит к тексту.") from error
    return Reviewed(kept, intent, entities, str(data.get("source") or source), str(data.get("by") or by))


def _completed(annotation: _Json) -> bool:
    return not annotation.get("was_cancelled") and bool(_intent(annotation.get("result") or []))


def _when(annotation: _Json) -> str:
    """ISO times of one form, which sort as texts."""
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _intent(result: Sequence[_Json]) -> str:
    """Empty: no intent was chosen."""
    chosen = [choice for one in result if one.get("type") == "choices" for choice in one["value"]["choices"]]
    if len(chosen) > 1:
        raise ValueError("several intents")
    return str(chosen[0]) if chosen else ""


def _span(text: str, value: _Json) -> _Json:
    """The piece in characters; older and other tools count those, which its words tell."""
    start, end = int(value["start"]), int(value["end"])
    if not 0 <= start < end:
        raise ValueError("no such piece")
    units = text.encode("utf-16-le", "surrogatepass")
    by_units = units[: 2 * start], units[2 * start : 2 * end]
    if end > len(units) // 2:
        raise ValueError("beyond the text")
    piece = by_units[1].decode("utf-16-le", "replace")
    if "text" in value and str(value["text"]).strip() != piece.strip():
        if str(value["text"]).strip() != text[start:end].strip():
            raise ValueError("other words")
        return {"start": start, "end": end, "entity": value["labels"][0]}
    begin = len(by_units[0].decode("utf-16-le", "replace"))
    return {"start": begin, "end": begin + len(piece), "entity": value["labels"][0]}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
