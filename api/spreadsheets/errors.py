"""Why a file could not be read: a code for programs, evidence for the log, a sentence for the customer."""

SENTENCES = {
    "empty": "В файле нет ни одной заполненной строки.",
    "too_big": "Файл слишком большой, я читаю файлы до 10 МБ.",
    "too_many_rows": "В файле больше 5 000 строк, столько за один раз я не читаю. Разделите его, пожалуйста, на части.",
    "bomb": "Файл раздувается до слишком большого размера, я не стал его открывать.",
    "password": "Файл закрыт паролем, открыть его не получилось.",
    "broken": "Файл повреждён, прочитать его не получилось.",
    "too_slow": "Файл слишком сложно устроен, прочитать его не получилось.",
    "not_table": "Внутри файла не таблица, такой я не читаю. Подойдёт Excel (xlsx, xls) или CSV.",
    "old_xml": "Это таблица XML 2003 года, такую я не читаю. Сохраните её, пожалуйста, как xlsx.",
    "no_goods": "Не нашёл в файле колонки с товарами.",
    "not_fetched": "Файл не получилось скачать.",
}
"""What the customer is told, by code."""


class Unreadable(Exception):
    """The file is not read, now or later. `evidence` never holds what is written in the file."""

    def __init__(self, code: str, evidence: str = "") -> None:
        super().__init__(f"{code}: {evidence}")
        self.code = code
        self.evidence = evidence

    @property
    def message(self) -> str:
        """One sentence for the customer."""
        return SENTENCES[self.code]
