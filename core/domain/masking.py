"""Masking: how much of a buyer's contact data somebody gets to see who doesn't need it for their work."""

from __future__ import annotations

import re

_CN_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d{9}(?!\d)")


def mask_phone(phone: str) -> str:
    """A phone number with its middle hidden: the first three and last four digits stay, as channels do it.

    One that a channel has masked already stays as it came.
    """
    if "*" in phone:
        return phone
    digits = [place for place, char in enumerate(phone) if char.isdigit()]
    if len(digits) < 5:
        return "*" * len(phone)
    last = 4 if len(digits) >= 9 else 2
    first = min(3, len(digits) - last - 2) if len(digits) >= 7 else 1
    hidden = set(digits[first:-last])
    return "".join("*" if place in hidden else char for place, char in enumerate(phone))


def mask_email(email: str) -> str:
    """An e-mail address of which the first character and the domain stay."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}***{at}{domain}" if at else mask_phone(email)


def mask_contacts(text: str, *known: str) -> str:
    """A text in which every mainland mobile number, and each of the `known` contacts, is masked."""
    for contact in known:
        if len(contact) >= 5:
            text = text.replace(contact, mask_email(contact) if "@" in contact else mask_phone(contact))
    return _CN_MOBILE.sub(lambda match: mask_phone(match[0]), text)
