"""`./run data`: the examples for training. Words to the screen are Russian; `collect` alone needs the database."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from api.config import settings
from api.db.session import dispose_engines, staff_session
from api.deps.audit import audit
from api.domain.wording import plural
from api.errors import ApiError
from api.training.dataset import checks, files, formats
from api.training.dataset.collecting import Collected, bring_in, collect
from api.training.dataset.corpus import read_corpus
from api.training.dataset.formats import label_studio
from api.training.schemas import Finding, Reviewed

BY = "./run data"
MARKS = {"error": "✗", "warning": "!"}
SHOWN = 200


def main(words: Sequence[str] | None = None) -> int:
    """The command line. 0: all is well; 1: something is wrong with the data; 2: with the call."""
    given = _parser().parse_args(words)
    try:
        root = settings().training_root
    except ValueError as error:
        print(f"Настройки (.env): {error}")
        return 2
    try:
        return int(given.run(root, given))
    except ApiError as error:
        print(error.message, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or root}: {error.strerror or error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=BY, description="Примеры для обучения: проверить, принести, отдать, собрать.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    check = commands.add_parser("check", help="найти противоречия, повторы, личные данные и утечки эталона")
    check.set_defaults(run=_check)
    take = commands.add_parser("import", help="добавить примеры из файла (Rasa YAML, CSV, Label Studio JSON)")
    take.add_argument("file", type=Path, metavar="ФАЙЛ")
    take.add_argument("--partly", action="store_true", help="взять годные, даже если часть не годится")
    take.add_argument("--by", default=getpass.getuser(), metavar="ЛОГИН", help="кто разметил, если в файле не сказано")
    take.set_defaults(run=_import)
    give = commands.add_parser("export", help="отдать примеры из data/nlu/reviewed")
    give.add_argument("--format", choices=tuple(formats.FORMATS), default="rasa", help="без ключа — rasa")
    give.add_argument("--out", type=Path, metavar="ФАЙЛ", help="без ключа — на экран")
    give.add_argument("--all", action="store_true", help="вместе с написанными руками")
    give.add_argument("--config", action="store_true", help="вместо примеров — настройка проекта Label Studio")
    give.set_defaults(run=_export)
    gather = commands.add_parser("collect", help="перенести решения из «Непонятого» в data/nlu/reviewed")
    gather.set_defaults(run=lambda root, _: asyncio.run(_collect(root)))
    return parser


def _check(root: Path, _: argparse.Namespace) -> int:
    found = checks.check(root)
    _tell(found)
    errors = sum(one.severity == "error" for one in found)
    warnings = len(found) - errors
    told = f"{_count(errors, 'ошибка', 'ошибки', 'ошибок')}, "
    told += _count(warnings, "предупреждение", "предупреждения", "предупреждений")
    print(f"{told}. Исправьте отмеченное ✗: с ним обучение не начнётся." if errors else f"Можно обучать: {told}.")
    return 1 if errors else 0


def _import(root: Path, given: argparse.Namespace) -> int:
    examples = formats.read(given.file.name, given.file.read_bytes(), given.by)
    return _told(bring_in(root, examples, partly=given.partly), len(examples), partly=given.partly)


def _export(root: Path, given: argparse.Namespace) -> int:
    content = label_studio.CONFIG.encode() if given.config else _written(root, given)
    if given.out is None:
        sys.stdout.buffer.write(content)
        return 0
    given.out.write_bytes(content)
    print(f"Готово: {given.out}")
    if given.format == "label-studio" and not given.config:
        print(f"Настройка проекта для них: {BY} export --config")
    return 0


def _written(root: Path, given: argparse.Namespace) -> bytes:
    examples = files.read(root)
    if given.all:
        by_hand = [line for line in read_corpus(root).lines if line.kind == "written"]
        examples += [Reviewed(line.text, line.intent, line.entities, line.where, "") for line in by_hand]
    return formats.FORMATS[given.format].write(examples)


async def _collect(root: Path) -> int:
    now = settings().clock.now()
    try:
        async with staff_session() as session:
            collected = await collect(session, root, now)
            counts = {"added": str(collected.added), "withdrawn": str(collected.withdrawn)}
            await audit(session, BY, "examples_collect", "", **counts, refused=str(len(collected.refused)))
    except OperationalError:
        print("База данных не отвечает. Проверьте DATABASE_URL.")
        return 1
    except ProgrammingError:
        print("База данных ещё пуста или старой версии. Запустите ./run up и повторите.")
        return 1
    finally:
        await dispose_engines()
    return _told(collected, None, partly=True)


def _told(collected: Collected, read: int | None, *, partly: bool) -> int:
    """What came of it, in words; 1 where something was refused."""
    _tell(collected.refused)
    if collected.refused and not partly:
        print("Ничего не добавлено. Исправьте отмеченное или повторите с ключом --partly: возьмём остальное.")
        return 1
    told = [f"Добавлено: {collected.added}"]
    left_out = read - collected.added - len(_texts(collected.refused)) if read else 0
    told += [f"уже было или повторялось: {left_out}"] if left_out else []
    told += [f"убрано: {collected.withdrawn}"] if collected.withdrawn else []
    told += [f"не взято: {len(_texts(collected.refused))}"] if collected.refused else []
    print(", ".join(told) + ".")
    return 1 if collected.refused else 0


def _texts(found: Iterable[Finding]) -> set[str]:
    return {one.text for one in found}


def _tell(found: Sequence[Finding]) -> None:
    for one in found[:SHOWN]:
        print(f"  {MARKS[one.severity]} {one.where}: {f'«{one.text}» — ' if one.text else ''}{one.words}")
    if len(found) > SHOWN:
        print(f"  … и ещё {len(found) - SHOWN}")


def _count(number: int, one: str, few: str, many: str) -> str:
    return f"{number} {plural(number, one, few, many)}"


if __name__ == "__main__":
    sys.exit(main())
