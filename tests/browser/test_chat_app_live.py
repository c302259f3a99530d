"""The full page against the running product: an invitation's code, a photo that reaches a manager's console."""

import base64

import httpx
from playwright.sync_api import Page, expect

from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.browser.test_widget_files import PIXEL, attach, file


def test_a_photo_goes_to_a_person_who_can_download_it(page: Page, system: System, fresh: None) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{system.url}/chat?code=KOFE-PETRA")
    chat = ChatPage(page)
    chat.wait_for_bot("Здравствуйте, ООО «Кофейня у Петра»!")
    assert page.url == f"{system.url}/chat"
    attach(chat, file("полка.png", PIXEL, "image/png"))
    chat.wait_for_bot("Фото получил.")
    assert "Фото «полка.png»" in chat.texts()
    expect(chat.log.locator("img.preview")).to_have_count(1)
    with httpx.Client(base_url=system.url, follow_redirects=True, trust_env=False) as console:
        login = {"login": "admin", "password": system.environment["ADMIN_PASSWORD"]}
        listing = console.post("/console/login", data=login).text
        conversation = listing.split('href="/console/conversations/')[1].split('"')[0]
        link = console.get(f"/console/conversations/{conversation}").text.split(
            'href="/console/conversations/attachments/'
        )[1]
        answer = console.get("/console/conversations/attachments/" + link.split('"')[0])
    assert base64.b64encode(answer.content) == base64.b64encode(PIXEL)
    assert answer.headers["content-disposition"].startswith("attachment;")
