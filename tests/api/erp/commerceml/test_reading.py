"""What a file may not do, and in which ways it may be written."""

import tracemalloc
from pathlib import Path

import pytest

from api.erp.commerceml.reading import BadFile, Package, cards
from tests.api.erp.commerceml import files
from tests.api.erp.commerceml.bench import Bench, small_shop
from tests.api.erp.conformance import all_of

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def read(tmp_path: Path, content: bytes) -> list[str]:
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    return [card.kind for card in cards(path)]


def with_doctype(doctype: str, inner: str = "") -> bytes:
    text = files.xml(inner).decode()
    head, _, rest = text.partition("\n")
    return f"{head}\n{doctype}\n{rest}".encode()


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE КоммерческаяИнформация>",
        '<!DOCTYPE КоммерческаяИнформация SYSTEM "http://127.0.0.1:1/evil.dtd">',
        '<!DOCTYPE КоммерческаяИнформация [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE КоммерческаяИнформация [<!ENTITY l0 "ха">{LAUGHS}]>',
    ],
)
@pytest.mark.parametrize("inner", ["", files.catalog(files.good("1", "x")).replace(">x<", ">&x;&l9;<")])
def test_a_doctype_is_refused(tmp_path: Path, doctype: str, inner: str) -> None:
    tracemalloc.start()
    with pytest.raises(BadFile, match=r"DOCTYPE|сущности|Ошибка XML"):
        read(tmp_path, with_doctype(doctype, inner))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_laughs_in_the_root_itself_are_refused(tmp_path: Path) -> None:
    content = with_doctype(f'<!DOCTYPE КоммерческаяИнформация [<!ENTITY l0 "ха">{LAUGHS}]>')
    content = content.replace('ВерсияСхемы="2.07"'.encode(), 'ВерсияСхемы="&l9;"'.encode())
    with pytest.raises(BadFile, match="сущности"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Ошибка XML"),
        (b"<html><body>404</body></html>", "Это не CommerceML"),
        (files.xml("<\u041a\u0430\u0442\u0430\u043b\u043e\u0433>"), "Ошибка XML"),
        (files.xml(files.catalog(files.good("1", "&неизвестно;"))).replace(b"&amp;", b"&"), "сущности|Ошибка XML"),
        (files.xml("").replace(b'"utf-8"', b'"windows-1251"'), "Кодировка файла не та"),
        (files.xml("", encoding="windows-1251").replace(b'"windows-1251"', b'"utf-8"'), "Кодировка файла не та"),
        (files.xml("").replace(b'"utf-8"', b'"klingon"'), "Кодировка файла не та"),
        (b'<?xml version="1.0"?>' + "<Классификатор><Группы/></Классификатор>".encode(), "Это не CommerceML"),
    ],
)
def test_what_is_no_file_is_told_why(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        read(tmp_path, content)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
@pytest.mark.parametrize("namespace", [files.NAMESPACE, ""])
@pytest.mark.parametrize("version", ["2.04", "2.10"])
def test_files_are_read_however_they_are_written(tmp_path: Path, encoding: str, namespace: str, version: str) -> None:
    content = files.xml(
        files.catalog(files.good("1", "Молоко")), encoding=encoding, namespace=namespace, version=version
    )
    assert read(tmp_path, content) == ["Группа", "Группа", "Товар"]


def test_a_mark_before_the_declaration_does_not_disturb(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + files.xml(files.offers(files.offer("1", files.price("5"))))) == [
        "ТипЦены",
        "ТипЦены",
        "Склад",
        "Предложение",
    ]


def test_parts_of_an_order_are_no_cards(tmp_path: Path) -> None:
    order = files.document("1", "1", [], lines=files.line("p", "1", "5"), customer="k")
    assert read(tmp_path, files.xml(order)) == ["Документ"]
    assert read(tmp_path, files.xml(f"<Контейнер>{order}{order}</Контейнер>")) == ["Документ", "Документ"]


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ('<Каталог СодержитТолькоИзменения="false">', True),
        ('<Каталог СодержитТолькоИзменения="true">', False),
        ("<Каталог>", False),
        ("<Каталог><СодержитТолькоИзменения>false</СодержитТолькоИзменения>", True),
        ("<Каталог><ИзменениеТолько>true</ИзменениеТолько>", False),
    ],
)
def test_whether_it_is_everything(tmp_path: Path, said: str, whole: bool) -> None:
    path = tmp_path / "file.xml"
    inner = f"{said}<Ид>c</Ид><Товары>{files.good('1', 'Молоко')}</Товары></Каталог>"
    path.write_bytes(files.xml(inner))
    assert [card.package for card in cards(path)] == [Package("Каталог", "c", whole)]


async def test_a_file_that_nobody_foresaw_stops_no_other(shop: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def strange(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("api.erp.commerceml.goods.good", strange)
        (answer,) = await shop.onec.send({"import.xml": small_shop()["import.xml"]})
    assert answer == "failure\nФайл не удалось разобрать: обратитесь к разработчикам, файл сохранён."
    assert await shop.onec.send(small_shop()) == ["success"] * 3
    assert len(await all_of(shop.erp.products())) == 2


@pytest.mark.parametrize("where", ["api.erp.commerceml.intake.note_read", "api.erp.commerceml.intake.sweep"])
async def test_a_reader_that_dies_is_followed_by_another(
    shop: Bench, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Before or after the state is written: the file still waits, and is read again to the same end."""

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr("api.erp.commerceml.protocol.READ_HERE", 0)
    monkeypatch.setattr(shop.erp._protocol._settings, "answer_seconds", 0)
    await shop.onec.begin("catalog")
    for name, content in small_shop().items():
        await shop.onec.upload("catalog", name, content)
        assert (await shop.onec.ask("catalog", "import", filename=name)).startswith("progress")
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(where, killed)
        shop.erp._intake.merge()
    assert len(list(shop.folder.glob("queue/*.xml"))) == 3
    assert len(await all_of(shop.again().products())) == 2
    assert len(await all_of(shop.erp.prices())) == 3
    assert not list(shop.folder.glob("queue/*.xml"))
