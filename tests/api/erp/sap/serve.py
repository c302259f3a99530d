"""`python -m tests.api.erp.sap.serve PORT`: the emulator with its company, for a look by hand."""

import sys

import uvicorn

from tests.api.erp.sap.company import fill
from tests.api.erp.sap.emulator import Emulator

if __name__ == "__main__":
    emulator = Emulator()
    fill(emulator.tables)
    uvicorn.run(emulator.app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
