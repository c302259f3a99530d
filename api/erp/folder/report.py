"""What is wrong with a file, in Russian, for the person who made it."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 50
NEWLINE = "\r\n"

UNREADABLE = {
    "empty": "В файле нет ни одной заполненной строки.",
    "too_big": "Файл больше 50 МБ. Разделите его: первый файл целиком, остальные со словом «изменения» в имени.",
    "too_many_rows": "В файле больше миллиона строк.",
    "bomb": "Файл раздувается до слишком большого размера.",
    "password": "Файл закрыт паролем. Сохраните его без пароля.",
    "broken": "Файл повреждён. Сохраните его ещё раз.",
    "too_slow": "Файл слишком сложно устроен. Сохраните его как CSV.",
    "not_table": "Внутри файла не таблица. Подойдёт CSV или Excel (xlsx, xls, ods).",
    "old_xml": "Это таблица XML 2003 года. Сохраните её как xlsx или CSV.",
}
"""By the code of api.spreadsheets.errors."""


class Refused(Exception):
    """The file is not taken. `text` says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass
class Report:
    """What was found while a file was read: wrong rows (they refuse the file) and notes (they do not)."""

    wrong: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    _lines: list[str] = field(default_factory=list)
    _unsaid: int = 0

    def bad(self, line: int, column: str, found: str, expected: str, example: str = "") -> None:
        """A row that cannot be taken."""
        self.wrong += 1
        if len(self._lines) < SHOWN:
            found = f"«{found[:60]}»" if found else "пусто"
            sample = f" Пример: {example}." if example else ""
            self._lines.append(f"Строка {line}, столбец «{column}»: {found}. Нужно: {expected}.{sample}")

    def note(self, text: str) -> None:
        """Something to know; told once with how often it happened."""
        if text in self.notes or len(self.notes) < SHOWN:
            self.notes[text] += 1
        else:
            self._unsaid += 1

    def judge(self) -> None:
        """Raises Refused when a row was wrong."""
        if not self.wrong:
            return
        head = f"Файл не принят целиком: строк с ошибками — {self.wrong}. Исправьте их и положите файл ещё раз."
        more = [f"… и ещё {self.wrong - SHOWN}."] if self.wrong > SHOWN else []
        raise Refused(NEWLINE.join([head, "", *self._lines, *more]))

    def noted(self) -> str:
        """The notes as a text; empty when there are none."""
        told = [text if times == 1 else f"{text} (раз: {times})" for text, times in self.notes.items()]
        return NEWLINE.join([*told, *([f"… и ещё {self._unsaid}."] if self._unsaid else [])])
