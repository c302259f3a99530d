"""Errors that reach a caller over HTTP: a status, a code for programs, a Russian sentence for a person."""


class ApiError(Exception):
    status = 400
    code = "bad_request"
    message = "Запрос не получилось выполнить."

    def __init__(self, message: str = "", *, code: str = "", status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message or self.message)
        self.retry_after = retry_after
        """Seconds after which it is worth trying again, for the header of that name."""
        self.message = message or self.message
        self.code = code or self.code
        self.status = status or self.status


class Unauthorized(ApiError):
    status, code, message = 401, "unauthorized", "Сессия закончилась. Обновите страницу."


class Forbidden(ApiError):
    status, code, message = 403, "forbidden", "На это нет прав."


class NotFound(ApiError):
    status, code, message = 404, "not_found", "Ничего не нашлось."


class Conflict(ApiError):
    status, code, message = 409, "conflict", "Данные уже изменились. Посмотрите ещё раз."


class TooMany(ApiError):
    status, code, message = 429, "too_many", "Слишком много попыток. Подождите немного."


class Unavailable(ApiError):
    status, code, message = 503, "unavailable", "Сервис временно недоступен. Попробуйте чуть позже."
