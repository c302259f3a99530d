"""`./run admin`: the console's first admin, and the way back in. Words to the screen are Russian."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import datetime

from api.config import settings
from api.console import attempts, passwords, people
from api.console.access import ROLES
from api.db.session import staff_session
from api.deps.commands import carried_out

BY = "./run admin"
NAME = "Администратор"


def main(words: Sequence[str] | None = None) -> int:
    """The command line; 0 when all is well."""
    given = _parser().parse_args(words)
    return carried_out(lambda: _run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=BY, description="Люди консоли: первый администратор и вход, который потерян.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    create = commands.add_parser("create", help="новый администратор")
    create.add_argument("login", metavar="ЛОГИН")
    create.add_argument("--name", default=NAME, metavar="ИМЯ", help="его видят клиенты")
    reset = commands.add_parser("reset", help="новый пароль; второй фактор и блокировка сняты, сеансы завершены")
    reset.add_argument("login", metavar="ЛОГИН")
    commands.add_parser("list", help="кто есть")
    return parser


async def _run(given: argparse.Namespace) -> int:
    if given.command == "list":
        return await _list()
    return await _give(given, settings().clock.now())


async def _give(given: argparse.Namespace, now: datetime) -> int:
    chosen = _asked(given.login)
    async with staff_session() as session:
        if given.command == "create":
            password = await people.create(session, BY, given.login, given.name, "admin", now, chosen)
        else:
            password = await people.rescue(session, BY, given.login, now, chosen)
    print(f"Готово: {settings().public_base_url}/console/, логин {given.login}.")
    if not chosen:
        print(f"Пароль на первый вход (больше он не покажется): {password}")
    if settings().second_factor_required:
        print("При входе консоль попросит настроить второй фактор: приложение для кодов на телефоне.")
    return 0


def _asked(login: str) -> str:
    """The password that a person typed twice; empty: one is to be made. Nothing is asked where nobody sits."""
    if not sys.stdin.isatty():
        return ""
    chosen = getpass.getpass("Пароль (пусто — придумаю сам): ")
    if not chosen:
        return ""
    passwords.check(chosen, login)
    if getpass.getpass("Ещё раз: ") != chosen:
        raise passwords.WeakPassword("Пароли не совпали.")
    return chosen


async def _list() -> int:
    now = settings().clock.now()
    async with staff_session() as session:
        rows = await people.everybody(session)
        failures = await attempts.failures(session, now)
    if not rows:
        print("Никого нет. Первый администратор: ./run admin create ЛОГИН")
    for user in rows:
        facts = [ROLES.get(user.role, user.role), "второй фактор" if user.totp_secret else "без второго фактора"]
        facts += [] if user.active else ["вход закрыт"]
        facts += ["временный пароль"] if user.must_change_password else []
        facts += [f"неудачных попыток: {failures[user.login]}"] if user.login in failures else []
        print(f"{user.login:<20} {user.name} — {', '.join(facts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
