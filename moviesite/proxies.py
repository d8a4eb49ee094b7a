"""Which proxies are believed, and what they say of a request: who asks, by which scheme and host.

The middleware writes it down once, as if there were no proxy: ``REMOTE_ADDR`` is the client's
address for all that count, limit or log by it, and what nobody trusted says is taken away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

VARIABLE = "MATINEE_TRUSTED_PROXIES"
FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
# Of these the site reads the first two; others only say that a proxy stands in front.
FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
# A peer on a Unix socket has no address: it is on this machine.
ON_A_SOCKET = ipaddress.IPv4Address("127.0.0.1")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TrustedProxies:
    """Proxies by their addresses, or by how many of them every request passes."""

    networks: tuple[Network, ...] = ()
    hops: int = 0

    @classmethod
    def parse(cls, words: Iterable[str]) -> TrustedProxies:
        """From the words of the variable: one number, or addresses and networks."""
        names = [word.strip() for word in words if word.strip()]
        if len(names) == 1 and names[0].isascii() and names[0].isdigit():
            return cls(hops=int(names[0]))
        return cls(networks=tuple(_network(name) for name in names))

    def __bool__(self) -> bool:
        return bool(self.networks or self.hops)

    def trusts(self, address: Address, passed: int) -> bool:
        """Whether to believe ``address``, which ``passed`` trusted proxies stand in front of."""
        return passed < self.hops or any(address in network for network in self.networks)

    def client_of(self, peer: Address, forwarded: str) -> tuple[Address, int]:
        """Who asks, and through how many trusted proxies.

        The header is read from its end, where the nearest proxy wrote: each entry is believed as
        long as the one who wrote it is trusted. What a client made up lies before that.
        """
        client, passed = peer, 0
        entries = forwarded.split(",") if forwarded else []
        while self.trusts(client, passed):
            passed += 1
            told = parsed_address(entries.pop()) if entries else None
            if told is None:
                break
            client = told
        return client, passed


def _network(name: str) -> Network:
    try:
        network = ipaddress.ip_network(name, strict=False)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{VARIABLE} must be addresses and networks such as 127.0.0.1,10.0.0.0/8,"
            f" or the number of proxies; {name!r} is neither."
        ) from error
    if network.prefixlen == 0:
        raise ImproperlyConfigured(f"{VARIABLE} must be proxies of yours; {name} is everybody.")
    return network


def parsed_address(text: str) -> Address | None:
    """The address in an entry such as ``[2001:db8::1]:443``, without port and zone."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


class TrustedProxiesMiddleware:
    """Stands first: all others see the request as its client sent it to the outermost proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._told = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies: TrustedProxies = settings.MATINEE_TRUSTED_PROXIES
        meta = request.META
        peer = parsed_address(meta.get("REMOTE_ADDR", "")) or ON_A_SOCKET
        client, passed = proxies.client_of(peer, meta.pop(FORWARDED_FOR, ""))
        meta["REMOTE_ADDR"] = str(client)
        if not passed and "HTTP_X_FORWARDED_PROTO" in meta:
            self._tell(peer)
        for name in FORWARDED:
            said = [part.strip() for part in meta.pop(name, "").split(",") if part.strip()]
            if said and passed:
                meta[name] = said[-min(passed, len(said))]
        if not passed:
            for name in (settings.REMOTE_USER_META, settings.REMOTE_EMAIL_META):
                meta.pop(name, None)
        return self.get_response(request)

    def _tell(self, peer: Address) -> None:
        if not self._told:
            self._told = True
            log.warning(
                "proxy_not_trusted",
                peer=str(peer),
                hint=f"Name it in {VARIABLE} if it is yours; what it says is passed over.",
            )


@checks.register(deploy=True)
def check_https_proxy(**_: object) -> list[checks.CheckMessage]:
    """Where nobody is believed to have ended HTTPS, each request is redirected without end."""
    if not settings.SECURE_SSL_REDIRECT or settings.MATINEE_TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            f"HTTPS is on, and {VARIABLE} names no proxy that ends it.",
            hint=f"Set {VARIABLE} to the proxy's address, such as 127.0.0.1; without it every"
            " request that a proxy passes on is redirected to HTTPS again.",
            id="matinee.W001",
        )
    ]
