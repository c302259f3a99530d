"""Workbooks through calamine: values only, so that formulas and macros stay words in a file."""

import io

import python_calamine as calamine

from api.spreadsheets import limits
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.gathering import Gatherer


def read(content: bytes, gatherer: Gatherer) -> None:
    """The visible sheets, in their order."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            visible = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
            ]
            for name in visible[: limits.SHEETS]:
                gatherer.begin(name)
                for row in book.get_sheet_by_name(name).iter_rows():
                    gatherer.row(row)
    except calamine.PasswordError as error:
        raise Unreadable("password", "calamine: password") from error
    except (calamine.CalamineError, ValueError, OverflowError) as error:
        raise Unreadable("broken", f"{type(error).__name__}: {str(error)[:200]}") from error
