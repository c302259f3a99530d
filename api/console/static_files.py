"""The console's own styles and scripts, and the libraries beside them (static/vendor/README.md)."""

from mimetypes import guess_type

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.console.pages import FOLDER
from api.errors import NotFound

router = APIRouter(prefix="/console/static", include_in_schema=False)

_FOLDER = FOLDER / "static"
_FILES = {str(path.relative_to(_FOLDER)): path for path in _FOLDER.rglob("*") if path.suffix in (".js", ".css", ".svg")}
_DAY = "max-age=86400"


@router.get("/{name:path}")
async def static(name: str) -> FileResponse:
    """A file by its name below static/; libraries carry their version in the page's address of them."""
    path = _FILES.get(name)
    if path is None:
        raise NotFound()
    headers = {"Cache-Control": _DAY if name.startswith("vendor/") else "no-cache"}
    return FileResponse(path, media_type=guess_type(name)[0], headers=headers)
