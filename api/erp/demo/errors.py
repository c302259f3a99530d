"""Errors of the OData interface, as the platform words and numbers them."""


class ODataError(Exception):
    """Goes out as {"odata.error": {"code", "message": {"lang": "ru", "value"}}}.

    Codes: 6 bad URL, 8 no entity type, 9 no instance, 10 no property, 14 query option, 15 key exists, 16 assignment,
    20 rights, 21 function; -1: the configuration's own words.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, object]:
        return {"odata.error": {"code": str(self.code), "message": {"lang": "ru", "value": self.message}}}


def bad_url(detail: str) -> ODataError:
    return ODataError(400, 6, f"Неверный формат URL: {detail}")


def no_entity(name: str) -> ODataError:
    return ODataError(404, 8, f"Тип сущности не найден '{name}'")


def no_instance(name: str) -> ODataError:
    return ODataError(404, 9, f"Экземпляр сущности '{name}' не найден")


def no_property(name: str) -> ODataError:
    return ODataError(400, 10, f"Свойство '{name}' не найдено")


def bad_option(name: str, detail: str) -> ODataError:
    return ODataError(400, 14, f"Ошибка при разборе опции запроса '{name}': {detail}")


def bad_value(name: str) -> ODataError:
    return ODataError(400, 16, f"Ошибка при присвоении значения свойству '{name}'")


def no_right(name: str) -> ODataError:
    return ODataError(403, 20, f"Нарушение прав доступа: {name}")


def refused(message: str) -> ODataError:
    """What a handler of the configuration says: always HTTP 500 and code -1."""
    return ODataError(500, -1, message)
