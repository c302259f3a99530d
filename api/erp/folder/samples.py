"""What is put into the folder on the first day: a sample of each table and a page to read, for Notepad and Excel."""

from importlib.resources import files as resources

from api.erp.folder import writing
from api.erp.folder.tables import TABLES

README = "ПРОЧТИТЕ.txt"


def files() -> dict[str, bytes]:
    """Name → content."""
    page = resources("api.erp.folder").joinpath("readme.txt").read_text(encoding="utf-8")
    found = {README: page.replace("\n", "\r\n").encode("utf-8-sig")}
    for table in TABLES.values():
        rows = [[column.title for column in table.columns], [column.example for column in table.columns]]
        found[f"{table.name}.csv"] = writing.table(rows, "utf-8")
    return found
