"""How this installation runs: demo or real, under which public address, and who answers for it."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

DEMO_VARIABLE = "ORDERLY_DEMO"
ORIGIN_VARIABLE = "ORDERLY_ORIGIN"
CONTACT_VARIABLE = "ORDERLY_CONTACT"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says about this server.

    `origin` is the address people use (`https://orders.example.com`) where a proxy changes the Host header.
    `contact` is the e-mail address that badges name as their issuer's; Open Badges asks every issuer for one.
    """

    demo: bool
    origin: str
    contact: str = ""

    @property
    def cookie(self) -> str:
        """The name of the sign-in cookie; a browser keeps `__Host-` cookies only when they are Secure."""
        return "orderly" if self.demo else "__Host-orderly"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings this process was started with."""
    demo = os.environ.get(DEMO_VARIABLE, "").strip().lower() in {"1", "true", "yes", "on"}
    origin = os.environ.get(ORIGIN_VARIABLE, "").strip().rstrip("/")
    return Settings(demo=demo, origin=origin, contact=os.environ.get(CONTACT_VARIABLE, "").strip())


def is_loopback(host: str | None) -> bool:
    """Whether an address or a Host header's name means this machine only."""
    if not host:
        return False
    name = urlsplit(f"//{host}").hostname if not host.count(":") > 1 or "[" in host else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


def refuse_open_demo(address: str | None) -> None:
    """Stops a demo, which lets anybody in without a password, from listening to anything but this machine.

    Raises: SystemExit with the reason.
    """
    if settings().demo and not is_loopback(address):
        raise SystemExit(
            f"Orderly's demo mode lets anybody in without a password, so it only listens on this machine.\n"
            f"Found the address {address or 'of every network card'}; start it with --server.address 127.0.0.1, "
            f"or without {DEMO_VARIABLE}."
        )
