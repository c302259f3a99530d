"""How much of a file is read. An order of 5,000 lines is under a megabyte; all above is an accident or an attack."""

FILE_BYTES = 10_000_000
ROWS = 5_000
"""Of goods, in one sheet."""
KEPT_ROWS = ROWS + 100
"""Titles, headings and totals come on top."""
COLUMNS = 100
SHEETS = 20
CELL_CHARS = 500

ARCHIVE_MEMBERS = 2_000
UNPACKED_BYTES = 150_000_000
RATIO = 300
"""How many times a member may grow; XML of a table of equal rows grows a hundred times."""
SMALL_BYTES = 1_000_000
"""A member this small harms nobody, whatever its ratio."""

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 15
WALL_SECONDS = 25.0
ANSWER_BYTES = 100_000_000

LONG_BYTES = 50_000_000
"""Of a distributor's own table: a catalogue with prices, row by row."""
LONG_ROWS = 1_000_000
LONG_CPU_SECONDS = 120
LONG_WALL_SECONDS = 300.0
LONG_ANSWER_BYTES = 1_000_000_000
