"""The console's pages that are measured, by their addresses: a page that there is none of is noted and passed over."""

import hashlib
import html
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from api.speed.console_seed import Volumes

ADDRESSES = (
    "/console/conversations",
    "/console/conversations?name=Ромашка 17",
    "/console/conversations/{ordinary}",
    "/console/conversations/{longest}",
    "/console/conversations/alerts",
    "/console/conversations/answers",
    "/console/orders",
    "/console/orders?all=true",
    "/console/orders/{order}",
    "/console/orders/credit",
    "/console/customers",
    "/console/customers?q=Ромашка 17",
    "/console/customers/{customer}",
    "/console/review",
    "/console/review/decisions",
    "/console/review/not-carried",
    "/console/training/examples",
    "/console/training/frozen",
    "/console/words",
    "/console/words?q=молоко",
    "/console/figures",
    "/console/figures/payback",
    "/console/accounting",
    "/console/system",
    "/console/system/settings",
    "/console/system/people",
    "/console/system/audit",
    "/console/me",
)
"""`{longest}` is the conversation with a thousand messages. Tabs, filters, parts and next pages are found on them."""

FILTERS = 8
"""So many tabs and filters of a list are followed."""
DEEP = 20
"""The deep page of a list is so many pages on."""
KEYS = ("before", "after")
"""What the addresses of a next page have in their query."""
_LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
_LOADED = re.compile(r'<[^>]*\bhx-trigger="[^"]*\b(?:load|revealed)\b[^>]*>')


def named(volumes: Volumes) -> Mapping[str, str]:
    """What stands for the braces."""
    return {
        "longest": str(conversation(1)),
        "ordinary": str(conversation(volumes.open // 2)),
        "order": str(volumes.orders - 1),
        "customer": "k2",
    }


def conversation(number: int) -> UUID:
    """As api/speed/console_rows.py numbers them."""
    return UUID(hashlib.md5(f"c{number}".encode(), usedforsecurity=False).hexdigest())


def _links(address: str, page: str) -> list[str]:
    """Links of a page to itself with another query, each once."""
    here = urlsplit(address).path
    found = (html.unescape(link) for link in _LINK.findall(page))
    whole = (here + link if link.startswith("?") else link for link in found)
    return list(dict.fromkeys(link for link in whole if link.startswith(f"{here}?")))


def _turns(link: str) -> bool:
    return any(re.search(rf"[?&]{key}=.", link) for key in KEYS)


def filters(address: str, page: str) -> list[str]:
    """Tabs and filters that the page offers."""
    return [link for link in _links(address, page) if not _turns(link) and link != address][:FILTERS]


def parts(page: str) -> list[str]:
    """What the page fetches by itself once it is shown."""
    found = (link for tag in _LOADED.findall(page) for link in re.findall(r'\bhx-get="([^"]+)"', tag))
    return list(dict.fromkeys(html.unescape(link) for link in found))[:FILTERS]


def next_page(address: str, page: str) -> str | None:
    """The address of the list's next page."""
    return next((link for link in _links(address, page) if _turns(link)), None)
