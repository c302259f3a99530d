"""The words of alerts to managers. No prices: a messenger is not the console."""

ASKED = "{customer}: {why}.\n{words}Ответить: {link}"
REMINDED = "{customer} ждёт ответа {waited}: {why}.\n{words}Ответить: {link}"
ESCALATED = "{customer} ждёт ответа уже {waited}, никто не ответил: {why}.\n{words}Ответить: {link}"
MANY_ASK = "Человека ждут сразу {count}: {customers} и ещё {more}.\nОткрыть список: {link}"
MANY_WAIT = "До сих пор без ответа {count}: {customers} и ещё {more}.\nОткрыть список: {link}"
QUOTED = "«{words}»\n"
TRIED = "Это пробное уведомление. Настоящее придёт сюда, когда клиент позовёт человека."

WHY = {
    "asked": "просит человека",
    "attachment": "прислан файл или фото, нужен человек",
    "complaint": "жалоба",
    "not_understood": "помощник не понял",
    "assistant_down": "помощник не смог ответить",
    "order_failed": "заказ не ушёл в учётную систему",
    "order_review": "заказ записан не так, как просили",
    "order_unfetched": "учётная система не забирает заказ",
    "documents": "нужны документы",
    "profile": "нужно поменять данные компании",
    "notifications": "вопрос об уведомлениях",
    "pilot": "не участвует в пилоте, помощник не отвечает",
}
"""By the reason of a hand-off; what is new there is SOMETHING until it gets words here."""
SOMETHING = "нужен человек"
NOBODY = "Посетитель сайта"
