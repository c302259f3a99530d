"""The SAP adapter keeps the laws of the port, over real HTTP to the emulator."""

from tests.api.erp.conformance import ErpConformance


class TestSapOverEmulator(ErpConformance):
    pass
