"""What goes wrong with files of examples, in words for whoever brought them."""

from api.errors import ApiError


class Unreadable(ApiError):
    """A file, or a place in one, that cannot be read. Nothing of it was taken."""

    status, code, message = 422, "unreadable", "Файл не удалось прочитать."


class UnknownIntent(ApiError):
    """An intent that no hand-written file of data/nlu has examples of."""

    status, code = 422, "unknown_intent"

    def __init__(self, intent: str) -> None:
        super().__init__(f"Смысла «{intent}» нет: ни в одном файле data/nlu нет его примеров.")
