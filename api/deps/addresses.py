"""Where a request comes from, as far as limits are counted by it."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def network_of(connection: HTTPConnection) -> str:
    """Where attempts to sign in come from: the address, for IPv6 its network of /64, for one person has all of it."""
    host = connection.client.host if connection.client else ""
    address = _address(host)
    if isinstance(address, IPv6Address) and not address.is_loopback:
        return str(ip_network((address, 64), strict=False))
    return str(address or host)


def address_of(connection: HTTPConnection) -> str:
    """Whom the limits of an address are counted for.

    Empty for this machine itself: behind a proxy that does not say whom it serves everybody would have its address.
    """
    network = network_of(connection)
    address = _address(network)
    return "" if address is not None and address.is_loopback else network
