"""Masked contacts keep what a colleague needs to recognise them, and nothing to call."""

from __future__ import annotations

import pytest

from core.domain.masking import mask_contacts, mask_email, mask_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "+86 1**-****-5678"),
        ("138****5678", "138****5678"),
        ("0571-8765432", "057*-***5432"),
        ("1234567", "123**67"),
        ("12345", "1**45"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_phones(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown
    assert len(mask_phone(phone)) == len(phone)


@pytest.mark.parametrize(
    ("email", "shown"), [("lin.jing@example.com", "l***@example.com"), ("@x.com", "***@x.com"), ("none", "****")]
)
def test_emails(email: str, shown: str) -> None:
    assert mask_email(email) == shown


def test_mobile_numbers_are_found_in_any_text_but_order_numbers_are_not() -> None:
    text = "call 13812345678 or +8613812345678, order 178943334050971208"
    assert mask_contacts(text) == "call 138****5678 or +861******5678, order 178943334050971208"


def test_known_contacts_are_masked_wherever_they_stand() -> None:
    assert mask_contacts("0571-8765432; a.b@c.de", "0571-8765432", "a.b@c.de") == "057*-***5432; a***@c.de"
