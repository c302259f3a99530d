"""A file in a conversation becomes a proposed order of the customer who sent it, and of nobody else."""

import time
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from api.db.models import AttachmentRow, CatalogVersionRow, InboxRow, PriceRow, ProductRow, StockRow
from api.db.session import customer_session, staff_session
from api.errors import ApiError, Forbidden, NotFound
from api.orders import service
from api.orders.basket import ASKED
from api.orders.schemas import TurnOutcome
from api.speed.invented import catalogue
from tests.api.attachments.conftest import Attach
from tests.api.attachments.files import csv, xlsx
from tests.api.orders.conftest import BEREZKA, CREAM, MILK, PETRA, VANILLA, World

LIST = xlsx([("Артикул", "Товар", "Ед.", "Кол-во"), (20013, "Молоко", "шт", 5), (None, "Сливки 20% 1 л", "кор", 1),
             (None, "Сироп", "шт", 2), (None, "Гвозди", "шт", 9)])  # fmt: skip


async def read(world: World, attachment: int, column: int | None = None, **who: object) -> TurnOutcome:
    async with world.turn(**who) as turn:  # type: ignore[arg-type]
        return await service.once_attached_list(turn, attachment, column)


def quantities(outcome: TurnOutcome) -> dict[str, str]:
    return {line.sku: line.quantity for line in outcome.cart.lines}


async def test_lines_are_placed_and_the_rest_is_asked(world: World, attach: Attach) -> None:
    outcome = await read(world, await attach(LIST))
    assert outcome.kind == "changed"
    assert quantities(outcome) == {MILK: "5", CREAM: "12"}
    assert [(question.phrase, question.reason) for question in outcome.cart.questions] == [
        ("Сироп", "ambiguous"), ("Гвозди", "unknown"),
    ]  # fmt: skip
    assert outcome.attached is not None
    told = outcome.attached.model_dump(include={"file", "sheet", "rows", "placed", "unclear", "unknown", "blank"})
    assert told == {"file": "заказ.xlsx", "sheet": "", "rows": 4, "placed": 2, "unclear": 1, "unknown": 1, "blank": 0}


async def test_the_same_message_reads_it_once(world: World, attach: Attach) -> None:
    attachment = await attach(LIST)
    first = await read(world, attachment, inbox=77)
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="9")
    assert await read(world, attachment, inbox=77) == first
    async with world.turn() as turn:
        assert (await service.show(turn)).lines[0].quantity == "9"


class TestIsolation:
    async def test_another_conversations_file(self, world: World, attach: Attach) -> None:
        attachment = await attach(LIST, customer=BEREZKA)
        with pytest.raises(NotFound):
            await read(world, attachment)

    async def test_another_conversation_of_the_same_customer(self, world: World, attach: Attach) -> None:
        attachment = await attach(LIST)
        with pytest.raises(NotFound):
            await read(world, attachment, conversation=world.conversations[BEREZKA])

    async def test_what_the_former_company_of_the_chat_sent(self, world: World, attach: Attach) -> None:
        attachment = await attach(LIST, customer=BEREZKA, conversation=world.conversations[PETRA])
        with pytest.raises(NotFound):
            await read(world, attachment)

    async def test_what_was_sent_before_signing_in(self, world: World, attach: Attach) -> None:
        with pytest.raises(NotFound):
            await read(world, await attach(LIST, claimed=False))

    async def test_the_database_itself_shows_no_other_customers_file(self, world: World, attach: Attach) -> None:
        await attach(LIST, customer=BEREZKA)
        async with customer_session(PETRA) as session:
            assert (await session.scalars(select(AttachmentRow))).all() == []

    async def test_without_the_right_to_order(self, world: World, attach: Attach) -> None:
        with pytest.raises(Forbidden):
            await read(world, await attach(LIST), rights="prices")

    @pytest.mark.parametrize("attachment", [0, 10**9])
    async def test_no_such_file(self, world: World, attachment: int) -> None:
        with pytest.raises(NotFound):
            await read(world, attachment)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.4", "Внутри файла не таблица"),
        (None, "не получилось скачать"),
        (csv([("Фамилия", "Имя"), ("Иванов", "Пётр")]), "Не нашёл в файле колонки с товарами"),
        (csv([("Товар", "Кол-во"), *(("Молоко", 1) for _ in range(5_001))]), "больше 5 000 строк"),
    ],
)
async def test_what_cannot_be_read_is_said_in_words(
    world: World, attach: Attach, content: bytes | None, message: str
) -> None:
    with pytest.raises(ApiError) as refusal:
        await read(world, await attach(content))
    assert (refusal.value.code, refusal.value.status) == ("unreadable", 422)
    assert message in refusal.value.message


async def test_five_thousand_rows_are_not_too_many(world: World, attach: Attach) -> None:
    rows = [("Товар", "Кол-во"), *(("Молоко 3,2% 10 л", 1) for _ in range(5_000))]
    outcome = await read(world, await attach(csv(rows)))
    assert outcome.attached is not None
    assert (outcome.attached.rows, outcome.attached.placed, outcome.attached.unclear) == (5_000, 0, 5_000)
    assert len(outcome.cart.questions) == 1  # five thousand cans of milk are confirmed, once


async def test_the_column_of_quantities_is_asked(world: World, attach: Attach) -> None:
    attachment = await attach(xlsx([("Товар", "Бар", "Кухня"), ("Молоко 3,2%", 5, 2), ("Сироп ваниль", 1, 3)]))
    asked = await read(world, attachment)
    assert (asked.kind, quantities(asked)) == ("needs_column", {})
    assert asked.attached is not None
    assert [column.title for column in asked.attached.columns] == ["Бар", "Кухня"]
    chosen = await read(world, attachment, int(asked.attached.columns[1].value))
    assert quantities(chosen) == {MILK: "2", VANILLA: "3"}


async def test_the_outlet_is_chosen_first(world: World, attach: Attach) -> None:
    outcome = await read(world, await attach(LIST, customer=BEREZKA), customer=BEREZKA)
    assert outcome.kind == "needs_outlet"
    async with world.turn(BEREZKA) as turn:
        done = await service.choose_outlet(turn, "berezka-2")
    assert quantities(done) == {MILK: "5", CREAM: "12"}
    assert done.attached is not None


async def test_words_beside_the_file(world: World, attach: Attach) -> None:
    outcome = await read(world, await attach(LIST, caption="вот заказ на пятницу, и ещё сироп карамель 3"))
    assert outcome.cart.delivery_text == "пятница, 19 декабря"
    assert quantities(outcome)["20032"] == "3"


async def test_a_greeting_beside_the_file_asks_nothing(world: World, attach: Attach) -> None:
    outcome = await read(world, await attach(LIST, caption="Добрый день! Заявка во вложении"))
    assert [question.phrase for question in outcome.cart.questions] == ["Сироп", "Гвозди"]


async def test_sums_and_changes_are_told_briefly(world: World, attach: Attach) -> None:
    milk = ("Молоко 3,2% 10 л", 1)
    outcome = await read(world, await attach(csv([("Товар", "Кол-во"), milk, milk, milk]), caption="на пятницу"))
    assert [(notice.code, notice.quantity_text) for notice in outcome.notices] == [
        ("same_twice", "3 шт."), ("delivery_day", None),
    ]  # fmt: skip
    again = await read(world, await attach(csv([("Товар", "Кол-во"), milk]), "второй.csv"))
    assert [(change.op, change.before_text, change.after_text) for change in again.changes] == [
        ("set", "3 шт.", "1 шт.")
    ]
    same = await read(world, await attach(csv([("Товар", "Кол-во"), milk]), "третий.csv"))
    assert (same.changes, quantities(same)) == ([], {MILK: "1"})


async def test_sheets_are_named(world: World, attach: Attach) -> None:
    rows = [("Товар", "Кол-во"), ("Молоко 3,2%", 5)]
    outcome = await read(world, await attach(xlsx([("Титул",)], rows, rows, names=["О нас", "Май", "Июнь"])))
    assert outcome.attached is not None
    assert (outcome.attached.sheet, outcome.attached.other_sheets) == ("Май", ["Июнь"])


async def test_many_questions_wait_for_their_turn(world: World, attach: Attach) -> None:
    rows = [("Товар", "Кол-во"), ("Молоко 3,2%", 5), *((f"Гвозди №{n}", 1) for n in range(40))]
    outcome = await read(world, await attach(xlsx(rows)))
    assert (len(outcome.cart.questions), outcome.cart.questions_behind) == (ASKED, 40 - ASKED)
    async with world.turn() as turn:
        after = await service.perform(turn, "answer", question_id=outcome.cart.questions[0].id, value=None)
    assert (len(after.cart.questions), after.cart.questions_behind) == (ASKED, 39 - ASKED)
    assert after.cart.questions[0] == outcome.cart.questions[1]
    async with world.turn() as turn:
        skipped = await service.perform(turn, "drop_questions")
    assert (skipped.cart.questions, skipped.cart.questions_behind) == ([], 0)
    assert quantities(skipped) == {MILK: "5"}
    assert [(notice.code, notice.quantity_text) for notice in skipped.notices] == [("questions_dropped", "39")]


async def test_five_thousand_rows_against_ten_thousand_goods(world: World, attach: Attach) -> None:
    """The time is printed, and bounded only so that a quadratic slip is seen."""
    goods = catalogue(10_000)
    async with staff_session() as session:
        made = [{"id": f"x{item.sku}", "sku": item.sku, "name": item.name, "category_id": "grocery", "base_unit": "шт",
                 "packagings": []} for item in goods]  # fmt: skip
        await session.execute(insert(ProductRow), made)
        prices = [{"product_id": row["id"], "amount": Decimal(100), "price_list_id": "list-petra"} for row in made]
        await session.execute(insert(PriceRow), prices)
        stock = [{"product_id": row["id"], "warehouse_id": "w1", "quantity": Decimal(99)} for row in made]
        await session.execute(insert(StockRow), stock)
        await session.execute(update(CatalogVersionRow).values(version=2))
    rows = [("Артикул", "Товар", "Кол-во"), *((item.sku, item.name, 3) for item in goods[:5_000])]
    attachment = await attach(xlsx(rows))
    async with world.turn() as turn:
        await service.show(turn)  # the catalogue is read and indexed once for all turns
    began = time.perf_counter()
    outcome = await read(world, attachment)
    took = time.perf_counter() - began
    print(f"\n5,000 rows by article against 10,000 goods: {took:.1f} s")
    assert len(outcome.cart.lines) == 5_000
    assert took < 60


async def test_an_article_that_an_office_program_made_a_number_of(world: World, attach: Attach) -> None:
    outcome = await read(world, await attach(csv([("Код", "Кол-во"), ("20013,0", 1), ("'20021", "2"), ("0020031", 3)])))
    assert quantities(outcome) == {MILK: "1", CREAM: "2", VANILLA: "3"}


async def test_the_message_of_the_file_is_still_there_for_a_person(world: World, attach: Attach) -> None:
    await attach(LIST, caption="срочно")
    async with staff_session() as session:
        assert (await session.scalars(select(InboxRow.text))).one() == "Файл «заказ.xlsx»\nсрочно"
