"""A list in a file, from the customer's chat to a proposed order, through the running system."""

from api.run.system import System
from tests.api.attachments.files import csv, xlsx
from tests.e2e.chat import Chat
from tests.e2e.phone import Phone
from tests.e2e.providers import Providers

ROWS = [("№", "Наименование", "Ед.", "Кол-во"), (1, "Молоко 3,2% 10 л", "шт", 4), (2, "Сливки 20%", "шт", 3),
        (3, "Молоко верблюжье", "шт", 1), ("Итого", None, None, 8)]  # fmt: skip


def test_a_list_becomes_an_order_with_questions(cafe: Chat) -> None:
    cafe.send_file("заказ.xlsx", xlsx(ROWS))
    said = cafe.last()
    assert "Прочитал «заказ.xlsx»: 3 строки. В заказ вошло 2, не нашлось в каталоге 1." in said
    assert "верблюжье" in said
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["4", "3"]
    cafe.press("Пропустить")
    cafe.press("Оформить")
    assert "Отправляю" in cafe.last() or "принят" in cafe.last()


def test_a_list_in_telegram_with_words_beside_it(system: System, fresh: None, providers: Providers) -> None:
    providers.forget()
    olga = Phone("telegram", system, providers, "712", "+79000000012")
    olga.say("Привет")
    olga.share_number()
    olga.send_file("заказ.xlsx", xlsx(ROWS), "вот заказ на пятницу")
    said = olga.transcript()
    assert "Прочитал «заказ.xlsx»: 3 строки" in said
    assert "Доставка — пятница, 19 декабря" in said
    assert "2 000 ₽" in said


def test_the_column_of_quantities_is_asked(cafe: Chat) -> None:
    cafe.send_file("точки.csv", csv([("Товар", "Бар", "Зал"), ("Молоко 3,2%", 2, 7)], "cp1251"))
    assert "в какой колонке количество" in cafe.last()
    cafe.press("Зал")
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["7"]


def test_what_is_no_table_goes_to_a_person(cafe: Chat) -> None:
    cafe.send_file("акт.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    assert "Передаю менеджеру" in cafe.last()


def test_a_file_before_signing_in_is_read_after_it(system: System, fresh: None) -> None:
    visitor = Chat(system.url)
    visitor.send_file("заказ.csv", csv([("Товар", "Кол-во"), ("Молоко 3,2%", 6)]))
    assert "Прочитаю его, как только вы войдёте" in visitor.last()
    visitor.say("KOFE-PETRA")
    assert visitor.wait_for("Прочитал «заказ.csv»")
    assert [line["quantity"] for line in visitor.card()["lines"]] == ["6"]
