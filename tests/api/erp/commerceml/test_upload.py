"""Pieces and archives: joined as sent, or refused in words."""

import asyncio
import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.erp.commerceml.bench import Bench, bench, small_shop
from tests.api.erp.commerceml.caller import zipped
from tests.api.erp.commerceml.files import catalog, good, product_id, xml
from tests.api.erp.conformance import all_of


def long_catalog(count: int = 200) -> bytes:
    return xml(catalog(*(good(product_id(number), f"Товар {number}") for number in range(count))))


def pieces(content: bytes, size: int = 5000) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def put(shop: Bench, piece: bytes, name: str = "import.xml") -> str:
    return await shop.onec.ask("catalog", "file", method="POST", body=piece, filename=name)


async def count(shop: Bench) -> int:
    return len(await all_of(shop.erp.products()))


@pytest.fixture
async def tight(tmp_path: Path) -> object:
    async with bench(tmp_path, file_limit=5000, unpacked_limit_mb=1) as made:
        await made.onec.begin("catalog")
        yield made


async def test_pieces_are_joined(tight: Bench) -> None:
    content = long_catalog()
    assert len(content) > 5 * tight.onec.limit
    assert await tight.onec.upload("catalog", "import.xml", content) == "success"
    assert await tight.onec.imported("catalog", "import.xml") == "success"
    assert await count(tight) == 200


async def test_a_piece_sent_twice_counts_once(tight: Bench) -> None:
    for piece in pieces(long_catalog()):
        await put(tight, piece)
        if len(piece) == 5000:
            assert await put(tight, piece) == "success"
    assert await tight.onec.imported("catalog", "import.xml") == "success"
    assert await count(tight) == 200


async def test_a_half_piece_is_not_put(tight: Bench) -> None:
    """1C dies in the middle of a request, then sends the piece again."""
    first, second, *rest = pieces(long_catalog())
    await put(tight, first)
    where = urlsplit(tight.server.url)
    with socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        head = (
            f"POST {where.path}?type=catalog&mode=file&filename=import.xml HTTP/1.1\r\nHost: x\r\n"
            f"Cookie: {tight.onec.cookie}\r\nContent-Length: {len(second)}\r\n\r\n"
        )
        connection.sendall(head.encode() + second[:1000])
        await asyncio.sleep(0.3)
    await asyncio.sleep(0.2)
    for piece in (second, *rest):
        assert await put(tight, piece) == "success"
    assert await tight.onec.imported("catalog", "import.xml") == "success"
    assert await count(tight) == 200
    assert not list(tight.folder.glob("uploads/*/piece-*"))


async def test_pieces_in_a_wrong_order_are_no_file(tight: Bench) -> None:
    first, second, *rest = pieces(long_catalog())
    for piece in (second, first, *rest):
        await put(tight, piece)
    answer = await tight.onec.imported("catalog", "import.xml")
    assert answer.startswith("failure\nОшибка XML")
    assert await count(tight) == 0


async def test_a_new_beginning_drops_what_was_half_sent(tight: Bench) -> None:
    await put(tight, next(pieces(long_catalog())))
    await tight.onec.ask("catalog", "init")
    assert await tight.onec.upload("catalog", "import.xml", long_catalog()) == "success"
    assert await tight.onec.imported("catalog", "import.xml") == "success"
    assert await count(tight) == 200


async def test_a_file_cut_short_changes_nothing(tight: Bench) -> None:
    await tight.onec.upload("catalog", "import.xml", long_catalog())
    await tight.onec.imported("catalog", "import.xml")
    await tight.onec.ask("catalog", "init")
    await tight.onec.upload("catalog", "import.xml", long_catalog(50)[:-300])
    assert (await tight.onec.imported("catalog", "import.xml")).startswith("failure\nОшибка XML")
    assert await count(tight) == 200
    assert len([row for row in await all_of(tight.erp.products()) if row.active]) == 200
    assert len(list(tight.folder.glob("failed/*.xml"))) == 1


async def test_too_much_is_refused(tight: Bench) -> None:
    assert await put(tight, b"x" * 5001) == "failure\nКусок файла больше разрешённого: file_limit=5000."
    for number in range(209):
        answer = await put(tight, f"{number:05000d}".encode())
        assert answer == "success"
    assert await put(tight, b"y" * 5000) == "failure\nФайлы обмена больше разрешённого."


async def test_pictures_are_let_pass(tight: Bench) -> None:
    picture = "import_files/ab/ab.jpg"
    assert await put(tight, b"\xff" * 20_000, picture) == "success"
    assert not [path for path in tight.folder.glob("uploads/*/*") if path.stat().st_size > 1000]


@pytest.mark.parametrize(
    "name",
    ["../import.xml", "/etc/import.xml", "a/../../import.xml", "..\\import.xml", "c:\\import.xml", "", "a\x01.xml"],
)
async def test_names_that_lead_elsewhere_are_refused(tight: Bench, name: str) -> None:
    assert await put(tight, b"<a/>", name) == "failure\nНедопустимое имя файла."


async def test_a_file_in_a_folder_is_found(tight: Bench) -> None:
    await tight.onec.upload("catalog", "webdata/000000003/import0_1.xml", long_catalog(3))
    assert await tight.onec.imported("catalog", "webdata/000000003/import0_1.xml") == "success"
    await tight.onec.upload("catalog", "/tmp/webdata/import0_2.xml", long_catalog(5))
    assert await tight.onec.imported("catalog", "import0_2.xml") == "success"
    assert await count(tight) == 5


async def test_an_archive_in_pieces(tight: Bench) -> None:
    files = {"import_files/1.jpg": b"\x00" * 300, **small_shop("windows-1251")}
    await tight.onec.upload("catalog", "v8_1A2B.zip", zipped(files))
    for name in small_shop():
        assert await tight.onec.imported("catalog", name) == "success"
    assert await count(tight) == 2


async def refused(shop: Bench, content: bytes) -> str:
    await shop.onec.upload("catalog", "import.zip", content)
    answer = await shop.onec.ask("catalog", "import", filename="import.xml")
    assert await shop.onec.ask("catalog", "import", filename="import.xml") == "failure\nЭтот файл не был передан."
    assert not (shop.folder.parent / "import.xml").exists()
    return answer


async def test_a_bomb_is_refused_by_its_ratio(tight: Bench) -> None:
    content = zipped({"import.xml": b" " * 30_000_000})
    assert len(content) < 50_000
    assert await refused(tight, content) == "failure\nАрхив сжат подозрительно сильно."


async def test_archives_larger_than_allowed_are_refused(tight: Bench) -> None:
    files = {f"{number}.xml": f"{number}".encode() * 300_000 for number in range(5)}
    assert await refused(tight, zipped(files)) == "failure\nРаспакованные файлы больше разрешённого."


@pytest.mark.parametrize("name", ["../import.xml", "/import.xml", "..\\..\\import.xml"])
async def test_an_archive_that_leads_elsewhere_is_refused(tight: Bench, name: str) -> None:
    assert await refused(tight, zipped({name: b"<a/>"})) == "failure\nНедопустимое имя файла."


async def test_an_archive_in_an_archive_is_refused(tight: Bench) -> None:
    answer = await refused(tight, zipped({"import.xml": b"<a/>", "more.zip": zipped({"import.xml": b"<a/>"})}))
    assert answer == "failure\nВ архиве вложен архив: такие не принимаются."


@pytest.mark.parametrize("spoil", ["cut", "bytes", "no zip"])
async def test_a_spoiled_archive_is_refused(tight: Bench, spoil: str) -> None:
    whole = zipped(small_shop())
    middle = len(whole) // 3
    content = {"cut": whole[:middle], "bytes": whole[:60] + b"\x00" * 40 + whole[100:], "no zip": b"nothing" * 100}[
        spoil
    ]
    assert (await refused(tight, content)).startswith("failure\nАрхив повреждён")


async def test_an_encrypted_archive_is_refused(tight: Bench) -> None:
    content = bytearray(zipped({"import.xml": b"<a/>"}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        central = archive.start_dir
    content[6] |= 1
    content[central + 8] |= 1
    assert await refused(tight, bytes(content)) == "failure\nАрхив зашифрован."


async def test_names_of_windows_are_read(tight: Bench) -> None:
    content = zipped({"import.xml": b""}).replace(b"import.xml", "импорт.xml".encode("cp866"))
    filled = io.BytesIO(content)
    with zipfile.ZipFile(filled, "a") as archive:
        archive.writestr("offers.xml", small_shop()["offers.xml"])
    await tight.onec.upload("catalog", "a.zip", filled.getvalue())
    assert (await tight.onec.imported("catalog", "импорт.xml")).startswith("failure\n")
    assert await tight.onec.imported("catalog", "offers.xml") == "success"
