"""`python -m api.erp.moysklad [BACKEND]`: asks МойСклад to send its notifications to us. Writes into the account."""

import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from api.domain.clock import SystemClock
from api.erp.errors import ErpError
from api.erp.moysklad.backend import open_moysklad
from api.erp.moysklad.rows import MSK
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.port import Place
from api.erp.settings import prefix_of, read_settings


async def subscribe(settings: MoyskladSettings, zone: ZoneInfo = MSK) -> int:
    """Prints what was asked for; the exit code."""
    erp = open_moysklad(settings, Place("main", zone, SystemClock(zone), Path()))
    try:
        made = await erp.hooks.subscribe()
    except ErpError as error:
        print(error.message, error.evidence, sep="\n", file=sys.stderr)
        return 1
    finally:
        await erp.close()
    print("\n".join(f"{kind} {action}" for kind, action in made) or "Все уведомления уже приходят.")
    return 0


if __name__ == "__main__":
    _name = sys.argv[1] if len(sys.argv) > 1 else "main"
    _settings = read_settings(MoyskladSettings, prefix_of(_name, "main"))
    assert isinstance(_settings, MoyskladSettings)
    sys.exit(asyncio.run(subscribe(_settings)))
