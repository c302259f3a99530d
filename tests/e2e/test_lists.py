"""A list in a file, from the customer's chat to a proposed order, through the running system."""

from api.run.system import System
from tests.api.attachments.files import csv, xlsx
from tests.e2e.chat import Chat
from tests.e2e.upload import sends_file


def test_a_list_becomes_an_order_with_questions(system: System, cafe: Chat) -> None:
    rows = [("№", "Наименование", "Ед.", "Кол-во"), (1, "Молоко 3,2% 10 л", "шт", 4), (2, "Сливки 20%", "шт", 3),
            (3, "Молоко верблюжье", "шт", 1), ("Итого", None, None, 8)]  # fmt: skip
    sends_file(system, cafe, "заказ.xlsx", xlsx(rows), "вот заказ на пятницу")
    said = cafe.last()
    assert "Прочитал «заказ.xlsx»: 3 строки. В заказ вошло 2, не нашлось в каталоге 1." in said
    assert "верблюжье" in said
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["4", "3"]
    assert "Доставка — пятница, 19 декабря" in said
    cafe.press("Пропустить")
    cafe.press("Оформить")
    assert "Отправляю" in cafe.last() or "принят" in cafe.last()


def test_the_column_of_quantities_is_asked(system: System, cafe: Chat) -> None:
    sends_file(system, cafe, "точки.csv", csv([("Товар", "Бар", "Зал"), ("Молоко 3,2%", 2, 7)], "cp1251"))
    assert "в какой колонке количество" in cafe.last()
    cafe.press("Зал")
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["7"]


def test_what_is_no_table_goes_to_a_person(system: System, cafe: Chat) -> None:
    sends_file(system, cafe, "заказ.xlsx", b"%PDF-1.7")
    assert "Внутри файла не таблица" in cafe.last()
    assert "Передаю менеджеру" in cafe.last()


def test_a_file_before_signing_in_is_read_after_it(system: System, fresh: None) -> None:
    visitor = Chat(system.url)
    sends_file(system, visitor, "заказ.csv", csv([("Товар", "Кол-во"), ("Молоко 3,2%", 6)]))
    assert "Прочитаю его, как только вы войдёте" in visitor.last()
    visitor.say("KOFE-PETRA")
    assert visitor.wait_for("Прочитал «заказ.csv»")
    assert [line["quantity"] for line in visitor.card()["lines"]] == ["6"]
