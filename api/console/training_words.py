"""What the pages of «Обучение» call states, ways of spoiling, sets of phrases and tags of the order benchmark."""

RUN_STATES = {
    "queued": "ждёт очереди",
    "running": "идёт",
    "passed": "модель прошла проверку",
    "refused": "модель не прошла проверку",
    "failed": "не получилось",
    "stopped": "остановлено",
}

DEPLOYMENT_KINDS = {
    "publish": "ввод в работу",
    "roll_back": "возврат прежней модели",
    "start": "запуск",
}

DEPLOYMENT_STEPS = (
    ("starting", "модель загружается рядом с работающей"),
    ("switched", "новые сообщения идут к ней, прежняя заканчивает начатые ответы"),
    ("drained", "готово"),
)
"""In the order in which they come; `failed` may take the place of any of them."""

SETS = {
    "heldout": "Свои фразы",
    "strangers": "Чужие фразы",
    "must": "Обязательные фразы",
    "reviewed": "Примеры из «Непонятого»",
}

CHANGES = {"broken": "сломано", "moved": "ошибка стала другой", "mended": "исправлено"}
"""The worst first."""

FLAVOURS = {
    "plain": "как есть",
    "slip": "опечатка",
    "by_ear": "на слух",
    "layout": "не та раскладка",
    "latin": "латиницей",
    "glued": "слитно",
}

TAGS = {
    "abbrev": "сокращения",
    "add": "добавить к заказу",
    "address-not-qty": "адрес — не количество",
    "ambiguous": "подходит несколько товаров",
    "answer": "ответ на вопрос",
    "arithmetic": "арифметика",
    "attr-vs-qty": "свойство или количество",
    "attrs": "свойства товара",
    "chatter": "лишние слова",
    "clear": "очистить корзину",
    "complaint": "жалоба",
    "condition": "с условием",
    "confirm": "подтверждение",
    "continuation": "продолжение",
    "correction": "поправка себе",
    "date-not-qty": "дата — не количество",
    "delivery-date": "дата доставки",
    "department": "по отделам",
    "driver-note": "заметка водителю",
    "edit": "правка",
    "ellipsis": "пропущенные слова",
    "emoji": "эмодзи",
    "forwarded": "пересланное",
    "glued": "слитно",
    "header": "с заголовком",
    "history": "по прошлым заказам",
    "keep-only": "оставить только",
    "layout": "не та раскладка",
    "less": "меньше",
    "list": "список",
    "multiline": "в несколько строк",
    "near-miss": "почти такой товар",
    "nopunct": "без знаков",
    "not-order": "не заказ",
    "numwords": "числа словами",
    "order-and-question": "заказ и вопрос сразу",
    "ordernum-not-qty": "номер заказа — не количество",
    "outlets": "несколько точек",
    "packs": "упаковки",
    "pasted": "вставленная таблица",
    "phone-not-qty": "телефон — не количество",
    "quantity": "количество",
    "question": "вопрос",
    "remove": "убрать",
    "repeat": "повтор заказа",
    "replace": "замена",
    "scale": "во столько-то раз",
    "set": "сделать столько-то",
    "slang": "свои словечки",
    "specification": "уточнения",
    "step": "кратность",
    "translit-lat": "латиницей",
    "typo": "опечатки",
    "unit": "единицы",
    "unknown": "товара нет",
    "usual-qty": "обычное количество",
    "voice": "голосом",
    "voice-command": "голосовые команды",
}
"""A tag without words is shown as it is."""
