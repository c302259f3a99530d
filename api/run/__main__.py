"""`python -m api.run up|test|check|erp|admin|model`: called by `./run`, which has set up the environments."""

import argparse
import sys


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything")
    test_command = commands.add_parser("test", help="run the tests")
    test_command.add_argument("--long", action="store_true", help="soaks, long fuzzing, outages too")
    test_command.add_argument("paths", nargs="*", help="only these files or folders")
    commands.add_parser("check", help="lint, formatting, types, import rules")
    commands.add_parser("erp", help="accounting systems", add_help=False)
    commands.add_parser("admin", help="people of the console", add_help=False)
    commands.add_parser("model", help="models of the assistant", add_help=False)
    given, rest = parser.parse_known_args(words)
    if given.command == "erp":
        from api.run.erp import erp

        return erp(rest)
    if given.command == "admin":
        from api.run.admin import admin

        return admin(rest)
    if given.command == "model":
        from api.run.admin import model

        return model(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    # Each command imports what it needs: `check` and `test` must work while the product does not.
    if given.command == "up":
        from api.run.up import up

        return up()
    if given.command == "test":
        from api.run.suites import test

        return test(given.long, given.paths)
    from api.run.checks import check

    return check()


if __name__ == "__main__":
    sys.exit(main())
