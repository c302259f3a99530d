"""aiogram's way to Telegram's servers, with their address and a proxy of the distributor's choice."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientSession

from api.channels.telegram.settings import TelegramSettings

TIMEOUT_SECONDS = 20


class ProxiedSession(AiohttpSession):
    """aiogram hands proxies to aiohttp-socks; for an HTTP proxy aiohttp alone is enough."""

    def __init__(self, api: TelegramAPIServer, timeout: float, http_proxy: str) -> None:
        super().__init__(api=api, timeout=timeout)
        self._http_proxy = http_proxy

    async def create_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            connector = self._connector_type(**self._connector_init)
            self._session = ClientSession(connector=connector, proxy=self._http_proxy)
        return self._session


def open_bot(settings: TelegramSettings) -> Bot:
    """The bot of the settings; nothing is asked of Telegram yet. Texts go out as they are, without markup."""
    server = TelegramAPIServer.from_base(settings.api_url)
    if settings.proxy:
        return Bot(settings.token, ProxiedSession(server, TIMEOUT_SECONDS, settings.proxy))
    return Bot(settings.token, AiohttpSession(api=server, timeout=TIMEOUT_SECONDS))
