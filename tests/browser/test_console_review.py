"""«Непонятое» by hand: a word mended and understood a moment later, fifty groups by keyboard, everybody's eyes."""

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.run.postgres import LOGIN
from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.browser.console_page import picture
from tests.conftest import ADMIN_PASSWORD, TODAY

CAFE = "ООО «Кофейня у Петра»"


@dataclass
class Database:
    """What the collector of doubtful utterances writes, written by the test where it must not wait for one."""

    connection: "psycopg.Connection[tuple[object, ...]]"
    number: int = 0

    def doubt(
        self, phrase: str, said: str, *, kind: str = "unknown_product", cost: float = 1, **columns: object
    ) -> None:
        """An item of the café's newest conversation; its message is the newest one of these words, if there is one."""
        self.number += 1
        conversation, customer = self._row(
            "SELECT c.id, c.customer_id FROM conversations c JOIN customers u ON u.id = c.customer_id"
            " WHERE u.name = %s ORDER BY c.created_at DESC LIMIT 1", CAFE,
        )  # fmt: skip
        inbox = self._row("SELECT max(id) FROM inbox WHERE conversation_id = %s AND text = %s", conversation, said)
        values: dict[str, object] = {
            "at": TODAY, "source": f"test:{self.number}", "kind": kind, "conversation_id": conversation,
            "customer_id": customer, "inbox_id": inbox[0], "text": said, "phrase": phrase, "cost": cost,
            "key": f"{kind}:{phrase or said}", "guess": json.dumps({"intent": "order", "confidence": 0.64}),
        }  # fmt: skip
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.connection.execute(f"INSERT INTO review_items ({names}) VALUES ({marks})", list(values.values()))

    def reading(self, said: str, spans: list[dict[str, object]], lines: list[dict[str, object]]) -> None:
        inbox, conversation, customer = self._row(
            "SELECT i.id, c.id, c.customer_id FROM inbox i JOIN conversations c ON c.id = i.conversation_id"
            " WHERE i.text = %s ORDER BY i.id DESC LIMIT 1", said,
        )  # fmt: skip
        self.connection.execute(
            "INSERT INTO readings (at, inbox_id, conversation_id, customer_id, text, operation, spans, lines,"
            " questions) VALUES (%s, %s, %s, %s, %s, 'message', %s, %s, %s)",
            (TODAY, inbox, conversation, customer, said, json.dumps(spans), json.dumps(lines),
             json.dumps([{"id": "q", "phrase": "сгуха", "reason": "unknown", "candidates": []}])),
        )  # fmt: skip

    def collected(self, phrase: str) -> None:
        """Waits until the collector has brought these words: every ten seconds, and this is a busy machine."""
        deadline = time.monotonic() + 40
        query = "SELECT 1 FROM review_items WHERE phrase = %s"
        while self.connection.execute(query, [phrase]).fetchone() is None:
            assert time.monotonic() < deadline, f"«{phrase}» did not come to the queue"
            time.sleep(0.5)

    def decisions(self) -> dict[str, int]:
        rows = self.connection.execute("SELECT kind, count(*) FROM review_decisions GROUP BY kind")
        return {str(kind): int(str(times)) for kind, times in rows}

    def _row(self, query: str, *values: object) -> tuple[object, ...]:
        row = self.connection.execute(query, values).fetchone()
        assert row is not None
        return row


@pytest.fixture
def database(system: System, fresh: None) -> Iterator[Database]:
    with psycopg.connect(system.database_url.replace(f"//{LOGIN}@", "//postgres@"), autocommit=True) as connection:
        yield Database(connection)


@dataclass
class Hands:
    """A person at the keyboard; counts what is pressed and clicked, beside the letters of a search."""

    page: Page
    pressed: int = 0
    counts: list[int] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Letters of a Russian layout as the browser gets them: Playwright itself only knows the Latin one's keys."""
        devtools = self.page.context.new_cdp_session(self.page)
        for letter in words:
            devtools.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": letter, "text": letter})
            devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": letter})
        expect(self.page.locator("#found")).to_have_attribute("data-for", words)

    def decided(self) -> None:
        """Ends the counting of one decision once the next group is there."""
        self.counts.append(self.pressed)
        self.pressed = 0


def enter(page: Page, system: System) -> None:
    page.goto(f"{system.url}/console/login")
    page.get_by_label("Логин").fill("admin")
    page.get_by_label("Пароль").fill(ADMIN_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/conversations")
    page.goto(f"{system.url}/console/review")


def faults(page: Page) -> list[str]:
    """What axe finds serious, with the places."""
    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def said(page: Page) -> str:
    return page.locator(".group h2").inner_text()


def chatted(page: Page, system: System, words: str) -> ChatPage:
    chat = ChatPage.demo(page, system.url, "KOFE-PETRA")
    chat.wait_for_bot("Что хотите сделать?")
    known = chat.bot_messages().count()
    chat.send(words)
    chat.wait_for_new_bot_message(known)
    return chat


def test_an_unknown_word_is_mended_and_understood_a_moment_later(
    page: Page, browser: Browser, system: System, database: Database
) -> None:
    chat = chatted(page, system, "тягучка 3 шт")
    assert chat.log.locator(".card").count() == 0, "nobody knows the word yet"
    database.collected("тягучка")
    desk = browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 800}).new_page()
    enter(desk, system)
    expect(desk.locator(".group h2")).to_contain_text("тягучка")
    picture(desk, "review-1-unknown")
    hands = Hands(desk)
    hands.type("молоко сгущенное")
    found = desk.locator("#found label").first.locator(".name").inner_text()
    picture(desk, "review-2-search")
    hands.press("Enter")
    expect(desk.locator("#notice")).to_contain_text("Решено: «тягучка»")
    expect(desk.get_by_text("Пока всё понято")).to_be_visible()
    picture(desk, "review-3-decided")
    hands.decided()
    assert hands.counts == [1]

    known = chat.bot_messages().count()
    chat.send("тягучка 3 шт")
    chat.wait_for_new_bot_message(known)
    [line] = chat.card().lines.values()
    assert line.quantity == "3" and "сгущ" in found.lower() and line.name.split()[0] in found
    picture(page, "review-4-understood")
    desk.context.close()


def decide(hands: Hands, number: int) -> None:
    """One of the ways in which people decide, each in turn."""
    match number % 10:
        case 0 | 1 | 2:
            hands.press("1", "Enter")
        case 3:
            hands.press("2", "Shift+Enter")
        case 4:
            hands.type("молоко")
            hands.press("ArrowDown", "Enter")
        case 5:
            hands.type("сливки")
            hands.press("Shift+Enter")
        case 6:
            hands.press("-")
        case 7:
            hands.press("Delete")
        case 8:
            hands.press("0")
        case 9:
            hands.press("i", "g", "Enter")


def test_fifty_groups_by_keyboard(page: Page, browser: Browser, system: System, database: Database) -> None:
    chatted(page, system, "здравствуйте")
    nouns = ("сырок", "молоко", "сливки", "кефирчик", "творожок", "сметанка", "водичка", "сироп", "хлебушек", "маслице")
    for number in range(50):
        word = f"{nouns[number % 10]} марка{'абвгд'[number // 10]}"
        for _ in range(1 + number % 3):
            database.doubt(word, f"{word} {number}", cost=60 - number)
    desk = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}).new_page()
    errors: list[str] = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    enter(desk, system)
    hands = Hands(desk)
    for number in range(50):
        before = said(desk)
        expect(desk.locator(".group")).to_be_focused()
        decide(hands, number)
        hands.decided()
        expect(desk.locator("#notice")).to_contain_text("Решено")
        if number < 49:
            expect(desk.locator(".group h2")).not_to_have_text(before)
    expect(desk.get_by_text("Пока всё понято")).to_be_visible()
    median, most = statistics.median(hands.counts), max(hands.counts)
    print(f"\n50 decisions by keyboard: median {median}, at most {most} keystrokes beside typing a search")
    assert median <= 2 and most <= 3
    assert database.decisions() == {"alias": 30, "not_carried": 5, "not_order": 5, "skipped": 5, "example": 5}

    desk.keyboard.press("Control+z")
    expect(desk.locator("#notice")).to_contain_text("Отменено")
    expect(desk.locator(".group")).to_be_focused()
    desk.get_by_role("button", name="Клавиши").click()
    expect(desk.get_by_role("dialog")).to_contain_text("пропустить")
    desk.keyboard.press("Escape")
    assert errors == []
    desk.context.close()


def test_pieces_are_marked_by_keyboard(page: Page, browser: Browser, system: System, database: Database) -> None:
    chatted(page, system, "здравствуйте")
    database.doubt("", "🥛 сгухи 5 банок", kind="fallback")
    desk = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}).new_page()
    enter(desk, system)
    desk.keyboard.press("i")
    desk.keyboard.press("a")
    desk.locator("#marked").evaluate("field => field.setSelectionRange(3, 3)")
    desk.locator("#marked").focus()
    for _ in range(5):
        desk.keyboard.press("Shift+ArrowRight")
    desk.keyboard.press("1")
    expect(desk.locator("#marks mark")).to_have_text("сгухи")
    desk.keyboard.type("x")
    expect(desk.locator("#marked")).to_have_value("🥛 сгухи 5 банок")
    picture(desk, "review-5-teaching")
    desk.keyboard.press("Enter")
    expect(desk.locator("#notice")).to_contain_text("пример для обучения")
    desk.goto(f"{system.url}/console/training/examples")
    desk.locator("summary", has_text="Показать").click()
    expect(desk.locator(".said mark")).to_have_text("сгухи")
    expect(desk.locator(".said").first).to_have_text("🥛 сгухи 5 банок")
    desk.context.close()


def test_two_people_at_one_group(page: Page, browser: Browser, system: System, database: Database) -> None:
    chatted(page, system, "здравствуйте")
    database.doubt("сгуха", "сгуха 5", cost=2)
    database.doubt("химоза", "химоза 1")
    desks = [browser.new_context(locale="ru-RU").new_page() for _ in range(2)]
    for desk in desks:
        enter(desk, system)
        expect(desk.locator(".group h2")).to_contain_text("сгуха")
    desks[0].keyboard.press("-")
    expect(desks[0].locator("#notice")).to_contain_text("Решено")
    desks[1].keyboard.press("Delete")
    expect(desks[1].locator("#notice")).to_contain_text("Уже решено до вас: Администратор.")
    expect(desks[1].locator(".group h2")).to_contain_text("химоза")
    assert database.decisions() == {"not_carried": 1}
    for desk in desks:
        desk.context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 375), ("dark", 375)])
def test_for_everybody_s_eyes(
    page: Page, browser: Browser, system: System, database: Database, scheme: str, width: int, tmp_path: Path
) -> None:
    chatted(page, system, "сгуха 3 шт и молоко 3,2% 10л 2 шт")
    database.doubt("сгуха", "сгуха 3 шт и молоко 3,2% 10л 2 шт")
    spans: list[dict[str, object]] = [{"start": 0, "end": 5, "kind": "product"}]
    spans += [{"start": 6, "end": 7, "kind": "quantity"}, {"start": 8, "end": 10, "kind": "unit"}]
    line: dict[str, object] = {
        "phrase": "молоко 3,2% 10л", "op": "add", "sku": "20013", "name": "Молоко 3,2% 10 л", "quantity": "2",
        "unit": "шт", "score": 0.93,
    }  # fmt: skip
    database.reading("сгуха 3 шт и молоко 3,2% 10л 2 шт", spans, [line])
    for number in range(12):
        database.doubt(f"слово{number}", f"привезите пожалуйста слово{number} и ещё чего-нибудь к чаю", kind="fallback")
    viewport = {"width": width, "height": 900}
    desk = browser.new_context(locale="ru-RU", viewport=viewport, color_scheme=scheme).new_page()  # type: ignore[arg-type]
    enter(desk, system)
    desk.locator(".queue a", has_text="сгуха").first.click()
    expect(desk.locator(".group h2")).to_contain_text("сгуха")
    for name, address in (("group", ""), ("queue", "/console/review"), ("decisions", "/console/review/decisions")):
        if address:
            desk.goto(f"{system.url}{address}")
        else:
            desk.locator("#teach summary").click()
            desk.evaluate("scrollTo(0, 0)")
        wide = desk.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{name} scrolls sideways"
        desk.screenshot(path=str(tmp_path / f"{name}.png"), full_page=True)
        assert faults(desk) == [], name
    desk.context.close()
