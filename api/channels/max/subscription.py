"""The webhook's watchdog: MAX forgets one that did not answer for eight hours (dev.max.ru, POST /subscriptions)."""

from urllib.parse import urlsplit

import structlog

from api.channels.errors import DeliveryError
from api.channels.max.answers import Command, Commands, Subscription, Subscriptions
from api.channels.max.client import MaxClient
from api.channels.max.reading import KINDS
from api.channels.max.settings import MaxSettings
from api.channels.menu import MENU

log = structlog.get_logger()

PATH = "/subscriptions"
ME = "/me"


class Watch:
    """Makes MAX call us, or stop calling where we ask ourselves; and keeps the menu of commands."""

    def __init__(self, client: MaxClient, settings: MaxSettings) -> None:
        self._client = client
        self._settings = settings
        self._secret_told = False
        """MAX does not say which secret it holds: it is told ours once in a process."""

    async def keep(self) -> None:
        """Looks, and changes what differs. Raises DeliveryError."""
        if not self._settings.polls and not self._settings.webhook_url.startswith("https://"):
            raise DeliveryError(
                "MAX вызывает только https-адрес.", permanent=True, evidence="PUBLIC_URL must begin with https://"
            )
        found = (await self._client.call("GET", PATH, Subscriptions)).subscriptions
        if self._settings.polls:
            await self._remove(found)
        else:
            await self._subscribe(found)
        await self._menu()

    async def _subscribe(self, found: list[Subscription]) -> None:
        url, kinds = self._settings.webhook_url, sorted(KINDS)
        await self._remove([one for one in found if one.url != url])
        held = next((one for one in found if one.url == url), None)
        if self._secret_told and held is not None and sorted(held.update_types or ()) == kinds:
            return
        body = {"url": url, "update_types": kinds, "secret": self._settings.webhook_secret}
        await self._client.change("POST", PATH, body=body)
        log.info("max.subscribed", url=url, was_lost=self._secret_told and held is None)
        self._secret_told = True

    async def _remove(self, found: list[Subscription]) -> None:
        """Webhooks of our own path, from a former address; another program's one is only named in the log."""
        path = urlsplit(self._settings.webhook_url).path
        for one in found:
            if urlsplit(one.url).path != path:
                log.warning("max.foreign_subscription", url=one.url, polls=self._settings.polls)
                continue
            await self._client.change("DELETE", PATH, query={"url": one.url})
            log.info("max.unsubscribed", url=one.url)

    async def _menu(self) -> None:
        wanted = [Command(name=name, description=words) for name, words in MENU.items()]
        if (await self._client.call("GET", ME, Commands)).commands == wanted:
            return
        body = Commands(commands=wanted).model_dump()
        await self._client.call("PATCH", f"{ME}/commands", Commands, body=body)
