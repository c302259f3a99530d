"""Texts about a list in a file: what was read, what has to be cleared up, which column holds the quantities."""

from collections.abc import Sequence

from actions import replies, words
from actions.views import Button, ListView

ASK_COLUMN = "Файл {file} прочитал, но не понял, в какой колонке количество. Какую взять?"
NO_COLUMN = "Количества нет"


def summary(read: ListView) -> list[str]:
    """«Прочитал «заказ.xlsx»: 60 строк. В заказ вошло 48, уточнить нужно 9, не нашлось в каталоге 3.»"""
    told = [_rows(read)]
    if read["rows"] and read["blank"]:
        told.append(f"Без количества {_rows_text(read['blank'])}: их не заказываю.")
    if read["nameless"]:
        places = ", ".join(str(place) for place in read["nameless"])
        told.append(f"Есть количество, но нет названия: строки {places} файла. Их пропустил.")
    if read["sheet"]:
        told.append(f"Прочитан лист «{read['sheet']}».")
    if read["other_sheets"]:
        names = ", ".join(f"«{name}»" for name in read["other_sheets"])
        told.append(f"Другие листы с товарами не читал: {names}. Пришлите их, пожалуйста, отдельно.")
    return told


def _rows(read: ListView) -> str:
    if not read["rows"]:
        reason = "не указано ни одного количества" if read["blank"] else "не нашёл ни одной строки с товаром"
        return f"В файле {_called(read)} {reason}."
    parts = [("уточнить нужно", read["unclear"]), ("не нашлось в каталоге", read["unknown"])]
    asked = [f"{what} {count}" for what, count in parts if count]
    if not asked:
        return f"Прочитал {_called(read)}: {_rows_text(read['rows'])}, в заказ вошло всё."
    return f"Прочитал {_called(read)}: {_rows_text(read['rows'])}. В заказ вошло {read['placed']}, {', '.join(asked)}."


def _rows_text(count: int) -> str:
    return words.plural(count, "строка", "строки", "строк")


def _called(read: ListView) -> str:
    return f"«{read['file']}»" if read["file"] else "список"


def ask_column(read: ListView) -> str:
    """Which column is the quantity: the only thing that may not be guessed."""
    named: Sequence[str] = [f"• {column['title']}" for column in read["columns"]]
    return "\n".join([ASK_COLUMN.format(file=_called(read)), *named])


def column_buttons(read: ListView) -> list[Button]:
    """A button for each column that may be it, and one for none."""
    titles = words.distinct([column["title"] for column in read["columns"]])
    chosen = [
        replies.quantity_column(title, read["attachment"], column["value"])
        for title, column in zip(titles, read["columns"], strict=True)
    ]
    return [*chosen, replies.quantity_column(NO_COLUMN, read["attachment"], "-1"), replies.CALL_HUMAN]
