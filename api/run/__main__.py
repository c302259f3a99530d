"""`python -m api.run COMMAND`: called by `./run`, which has set up the environments."""

import argparse
import importlib
import sys

HANDED_ON = {
    "erp": ("api.run.erp", "erp", "accounting systems"),
    "admin": ("api.run.admin", "admin", "people of the console"),
    "train": ("api.run.train", "train", "a new model"),
    "data": ("api.run.data", "data", "examples for training"),
    "model": ("api.run.admin", "model", "models of the assistant"),
}
"""Commands that read their words themselves: module and function, imported for that command only, and its help."""


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything")
    test_command = commands.add_parser("test", help="run the tests")
    test_command.add_argument("--long", action="store_true", help="soaks, long fuzzing, outages too")
    test_command.add_argument("paths", nargs="*", help="only these files or folders")
    commands.add_parser("check", help="lint, formatting, types, import rules")
    for name, (_, _, about) in HANDED_ON.items():
        commands.add_parser(name, help=about, add_help=False)
    given, rest = parser.parse_known_args(words)
    if given.command in HANDED_ON:
        module, function, _ = HANDED_ON[given.command]
        return int(getattr(importlib.import_module(module), function)(rest))
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
