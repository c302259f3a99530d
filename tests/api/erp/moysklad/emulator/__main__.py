"""`python -m tests.api.erp.moysklad.emulator [PORT]`: the emulator by hand, with the seeded account."""

import sys

import uvicorn

from tests.api.erp.moysklad.emulator.app import create_app
from tests.api.erp.moysklad.emulator.limits import Limits
from tests.api.erp.moysklad.emulator.seed import seed
from tests.api.erp.moysklad.emulator.store import ROOT, Store

if __name__ == "__main__":
    _port = int(sys.argv[1]) if len(sys.argv) > 1 else 8112
    _store = Store()
    _store.base = f"http://127.0.0.1:{_port}{ROOT}"
    seed(_store)
    _store.limits = Limits()
    print(f"{_store.base}  Authorization: Bearer {_store.token}", flush=True)
    uvicorn.run(create_app(_store), host="127.0.0.1", port=_port, log_level="warning")
