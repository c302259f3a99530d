"""Files in the web chat: what is taken, what is refused and in which words, what a repeat does."""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from sqlalchemy import select

from api.channels.errors import ChannelError
from api.channels.webchat import kinds
from api.config import settings
from api.conversations import uploads
from api.db.models import AttachmentRow, ConversationRow, InboxRow
from api.db.session import staff_session

Conversation = tuple[UUID, dict[str, str]]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Молоко", 8])  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def archive(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return written.getvalue()


def compound(*streams: str) -> bytes:
    return kinds.OLE + b"\0" * 504 + b"\0\0".join(stream.encode("utf-16-le") for stream in streams)


async def send(
    web: httpx.AsyncClient, headers: dict[str, str], name: str, content: bytes, message_id: str = "", **more: Any
) -> httpx.Response:
    files = {"file": (name, content, "application/octet-stream")}
    return await web.post(
        "/webchat/files", headers=headers, data={"id": message_id or str(uuid4())}, files=files, **more
    )


async def stored() -> list[AttachmentRow]:
    async with staff_session() as session:
        return list((await session.scalars(select(AttachmentRow).order_by(AttachmentRow.id))).all())


async def test_a_workbook_becomes_a_message_with_an_attachment(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    message_id, content = str(uuid4()), workbook()
    answer = await send(web, conversation[1], "C:\\мои документы\\заказ.xlsx", content, message_id)
    assert answer.status_code == 200, answer.text
    shown = (await web.get("/webchat/messages", headers=conversation[1])).json()["messages"]
    assert [(one["text"], one["client_id"], one["seq"]) for one in shown] == [
        ("Файл «заказ.xlsx»", message_id, answer.json()["seq"])
    ]
    (row,) = await stored()
    assert (row.kind, row.name, row.mime, row.size) == ("document", "заказ.xlsx", kinds.XLSX.mime, len(content))
    assert (row.content, row.customer_id, row.conversation_id) == (content, "petra", conversation[0])


async def test_a_repeat_is_the_same_message(web: httpx.AsyncClient, conversation: Conversation) -> None:
    message_id = str(uuid4())
    answers = [await send(web, conversation[1], "фото.png", PNG, message_id) for _ in range(3)]
    assert {answer.json()["seq"] for answer in answers} == {1}
    assert [row.kind for row in await stored()] == ["photo"]


async def test_the_words_of_another_message_are_not_overwritten(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    body = {"id": str(uuid4()), "text": "молоко 8"}
    await web.post("/webhooks/webchat", json=body, headers=conversation[1])
    assert (await send(web, conversation[1], "a.png", PNG, body["id"])).json() == {"seq": 1}
    assert await stored() == []


async def test_without_a_token_nothing_is_read(web: httpx.AsyncClient) -> None:
    for headers in ({"Authorization": "Bearer forged"}, {"Authorization": "Bearer "}):
        assert (await send(web, headers, "a.png", PNG)).status_code == 401
    assert (await send(web, {}, "a.png", PNG)).status_code == 422


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20, kinds.JPEG),
        ("a", b"GIF89a" + b"\0" * 20, kinds.GIF),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", kinds.WEBP),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", kinds.HEIC),
        ("счёт.pdf", b"%PDF-1.7\n", kinds.PDF),
        ("заказ.pdf", workbook(), kinds.XLSX),  # by content, whatever the name says
        ("договор.docx", archive(word__document_xml=b"<w/>"), kinds.DOCX),
        ("заказ.ods", archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), kinds.ODS),
        ("заказ.xls", compound("Root Entry", "Workbook"), kinds.XLS),
        ("заказ.csv", "Молоко;8\r\n".encode("cp1251"), kinds.CSV),
        ("заказ.csv", "Молоко;8\n".encode("utf-8-sig"), kinds.CSV),
        ("заказ.CSV", "Молоко\t8\n".encode("utf-16"), kinds.CSV),
    ],
)
def test_kinds_that_are_taken(name: str, content: bytes, kind: kinds.Kind) -> None:
    assert kinds.kind_of(content, name) is kind


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", kinds.EMPTY),
        ("заказ.xlsx", b"MZ\x90\0" + b"\0" * 60, kinds.UNKNOWN),
        ("заказ.xlsx", b"PK\x03\x04 not really a zip", kinds.UNKNOWN),
        ("заказ.xlsx", archive(index_html=b"<script>"), kinds.UNKNOWN),
        ("заказ.zip", archive(mimetype=b"application/epub+zip"), kinds.UNKNOWN),
        ("заказ.xlsm", archive(xl__workbook_xml=b"<w/>", xl__vbaProject_bin=b"x"), kinds.MACROS),
        ("заказ.xls", compound("Workbook", "_VBA_PROJECT"), kinds.MACROS),
        ("заказ.xlsx", compound("EncryptionInfo", "EncryptedPackage"), kinds.ENCRYPTED),
        ("письмо.doc", compound("WordDocument"), kinds.UNKNOWN),
        ("письмо.msi", compound("Root Entry"), kinds.UNKNOWN),
        ("картинка.svg", b"<svg onload='alert(1)'/>", kinds.UNKNOWN),
        ("заказ.csv", b"<html><script>alert(1)</script>", kinds.UNKNOWN),
        ("заказ.csv", b" \n<?xml version='1.0'?>", kinds.UNKNOWN),
        ("заказ.csv", b"#!/bin/sh\nrm -rf /", kinds.UNKNOWN),
        ("заказ.csv", b"a;b\x00\x01", kinds.UNKNOWN),
        ("заказ.txt", b"1;2", kinds.UNKNOWN),
        ("a.html", b"<!doctype html>", kinds.UNKNOWN),
    ],
)
def test_kinds_that_are_refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(ChannelError) as refused:
        kinds.kind_of(content, name)
    assert refused.value.message == words
    assert refused.value.status in (415, 422)


def test_an_archive_with_a_hundred_thousand_entries_is_not_read() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for number in range(3_000):
            made.writestr(f"{number}", b"")
        made.writestr("xl/workbook.xml", b"")
    with pytest.raises(ChannelError):
        kinds.kind_of(written.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd.xlsx"),
        ("C:\\Users\\заказ.xlsx", "заказ.xlsx"),
        ("заказ.exe", "заказ.exe.xlsx"),
        ("зак\u202exslx.exe", "закxslx.exe.xlsx"),  # a sign that turns the rest round
        ("заказ\r\nX-Evil: 1.XLSX", "заказ X-Evil_ 1.xlsx"),
        ('"><img src=x>.xlsx', "___img src=x_.xlsx"),
        ("", "файл.xlsx"),
        (".xlsx", "файл.xlsx"),
        ("   ...   ", "файл.xlsx"),
        ("я" * 500 + ".xlsx", "я" * 100 + ".xlsx"),
        ("\x00заказ.xlsx", "заказ.xlsx"),
    ],
)
def test_names_are_made_harmless(given: str, name: str) -> None:
    assert kinds.safe_name(given, kinds.XLSX) == name


async def test_a_refusal_reaches_the_person_in_words(web: httpx.AsyncClient, conversation: Conversation) -> None:
    answer = await send(web, conversation[1], "заказ.xlsx", b"MZ\x90\0")
    assert (answer.status_code, answer.json()["error"]) == (415, {"code": "file_kind", "message": kinds.UNKNOWN})
    assert await stored() == []


async def test_too_large_is_refused_while_it_comes(
    web: httpx.AsyncClient, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "webchat_file_mb", 1)
    read = 0

    async def endless() -> Any:
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        while True:
            read += 100_000
            yield b"\0" * 100_000

    headers = conversation[1] | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await web.post("/webchat/files", headers=headers, content=endless())
    assert (answer.status_code, answer.json()["error"]["message"]) == (413, "Файл больше 1 МБ.")
    assert read < 1_500_000
    told = await send(web, conversation[1], "a.png", PNG + b"\0" * 1_100_000)
    assert told.status_code == 413
    fits = await send(web, conversation[1], "a.png", PNG + b"\0" * (1_000_000 - len(PNG)))
    assert fits.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"no multipart at all",
        b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\nnot-a-uuid\r\n--b\r\n'
        b'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nwords, no file\r\n--b--\r\n',
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    ],
)
async def test_broken_bodies(web: httpx.AsyncClient, conversation: Conversation, body: bytes) -> None:
    headers = conversation[1] | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await web.post("/webchat/files", headers=headers, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "file_broken")


async def test_other_bodies_than_multipart_are_refused(web: httpx.AsyncClient, conversation: Conversation) -> None:
    for content_type in ("application/json", "text/plain", "multipart/form-data"):
        answer = await web.post(
            "/webchat/files", headers=conversation[1] | {"Content-Type": content_type}, content=b"{}"
        )
        assert answer.status_code == 422, content_type


async def test_two_files_in_one_request_are_refused(web: httpx.AsyncClient, conversation: Conversation) -> None:
    files = [("file", ("a.png", PNG)), ("file", ("b.png", PNG))]
    answer = await web.post("/webchat/files", headers=conversation[1], data={"id": str(uuid4())}, files=files)
    assert answer.status_code == 422


async def test_files_too_often_are_slowed_down_per_conversation(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    answers = [await send(web, conversation[1], "a.png", PNG) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 20
    other = (await web.post("/webchat/session", json={})).json()["visitor"]
    assert (await send(web, {"Authorization": f"Bearer {other}"}, "a.png", PNG)).status_code == 200


async def test_the_day_s_bytes_of_a_conversation(
    web: httpx.AsyncClient, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "DAY_BYTES", 2 * len(PNG))
    first = str(uuid4())
    codes = [(await send(web, conversation[1], "a.png", PNG, message)).status_code for message in (first, "", "")]
    assert codes == [200, 200, 429]
    assert (await send(web, conversation[1], "a.png", PNG, first)).status_code == 200, "a repeat is no new file"


async def test_the_day_s_bytes_of_an_address_over_many_conversations(
    customer: str, monkeypatch: pytest.MonkeyPatch, from_address: Callable[[str], httpx.AsyncClient]
) -> None:
    monkeypatch.setattr(uploads, "DAY_BYTES_OF_ADDRESS", 2 * len(PNG))
    codes = []
    for _ in range(3):
        async with from_address("203.0.113.7") as client:
            visitor = (await client.post("/webchat/session", json={})).json()["visitor"]
            codes.append((await send(client, {"Authorization": f"Bearer {visitor}"}, "a.png", PNG)).status_code)
    assert codes == [200, 200, 429]


async def test_a_conversation_that_is_gone(web: httpx.AsyncClient, conversation: Conversation) -> None:
    async with staff_session() as session:
        for row in await session.scalars(select(InboxRow)):
            await session.delete(row)
        await session.delete(await session.get_one(ConversationRow, conversation[0]))
    answer = await send(web, conversation[1], "a.png", PNG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_conversation")
