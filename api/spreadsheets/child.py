"""The process that opens a file: `python -m api.spreadsheets.child < file > sheets.json`.

A file of one kilobyte may make a reader ask for half a terabyte (two cells in opposite corners of a sheet) and be
killed for it; so whoever reads a stranger's file does nothing else, and has little to lose.
"""

import json
import resource
import sys

from api.spreadsheets import archives, delimited, html_tables, limits, wire, workbooks
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.gathering import Gatherer
from api.spreadsheets.sniffing import sniff


def confine(cpu_seconds: int = limits.CPU_SECONDS, answer_bytes: int = limits.ANSWER_BYTES) -> None:
    """Bounds this process's memory and time; it may neither write files nor leave a core."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, answer_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def read(content: bytes) -> str:
    """The sheets of a file as JSON; raises Unreadable."""
    kind, gatherer = sniff(content), Gatherer()
    if kind == "archive":
        archives.weigh(content)
    {"archive": workbooks, "workbook": workbooks, "html": html_tables, "text": delimited}[kind].read(content, gatherer)
    return wire.packed(gatherer.sheets())


def main() -> None:
    """Answers with the sheets, or with an object that says why there are none."""
    confine()
    try:
        answer = read(sys.stdin.buffer.read(limits.FILE_BYTES + 1))
    except Unreadable as error:
        answer = json.dumps({"error": error.code, "evidence": error.evidence})
    except (MemoryError, RecursionError) as error:
        answer = json.dumps({"error": "bomb", "evidence": type(error).__name__})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
