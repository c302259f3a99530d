"""The МойСклад adapter keeps the laws of the port, over real HTTP to our emulator."""

from tests.api.erp.conformance import ErpConformance


class TestMoyskladOverEmulator(ErpConformance):
    pass
