"""Passwords: hashes that fit, hashes that don't, and passwords that are refused."""

from __future__ import annotations

import time

import pytest

from core.domain.errors import RuleViolation
from core.security.passwords import (
    check_password_strength,
    common_passwords,
    hash_password,
    needs_rehash,
    verify_password,
)
from core.security.policy import sign_in_policy


def test_hash_is_argon2id_and_fits_only_its_password() -> None:
    stored = hash_password("four unrelated words")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "four unrelated words") is True
    assert verify_password(stored, "four unrelated word") is False
    assert needs_rehash(stored) is False
    assert needs_rehash(stored.replace("m=65536", "m=8192")) is True


def test_nobody_has_a_password_and_it_takes_as_long() -> None:
    stored = hash_password("four unrelated words")
    verify_password(None, "warm up")
    took = []
    for kept in (stored, None):
        start = time.perf_counter()
        for _ in range(3):
            assert verify_password(kept, "nobody has this password") is False
        took.append(time.perf_counter() - start)
    assert took[1] > took[0] / 3
    assert took[0] > took[1] / 3


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_lets_nobody_in(stored: str) -> None:
    assert verify_password(stored, "four unrelated words") is False


@pytest.mark.parametrize(
    ("password", "template"),
    [
        ("elevenchars", "A password needs at least {n} characters."),
        ("x" * 201, "A password may have at most {n} characters."),
        ("Password123456", "This password is on the lists that are tried first. Choose another."),
        (
            "abababababab",
            "This password repeats too few characters. Four unrelated words are a good choice.",
        ),
        ("lkjhgfdsapoiuytr", "This password follows the keyboard or the alphabet. Choose another."),
        ("zhou.min2026!", "This password is made of the person's own name. Choose another."),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, template: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_password_strength(password, "zhou.min", "周敏")
    assert refused.value.template == template


@pytest.mark.parametrize("password", ["纸船渡过清晨的河流看见灯塔", "correct staple battery moon", "Tz7!kd92Qpv#Lm"])
def test_good_passwords_pass(password: str) -> None:
    check_password_strength(password, "zhou.min", "周敏")


def test_the_list_of_common_passwords_holds_only_what_the_length_would_let_through() -> None:
    shortest = sign_in_policy().shortest_password
    assert [word for word in common_passwords() if len(word) < shortest] == []
    assert [word for word in common_passwords() if word != word.casefold()] == []
    assert len(common_passwords()) > 150
