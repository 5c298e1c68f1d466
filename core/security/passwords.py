"""Passwords: hashed with argon2id, checked in constant time, refused when they are easy to guess."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.domain.errors import RuleViolation
from core.security.policy import sign_in_policy

COMMON_FILE = Path(__file__).with_name("common_passwords.txt")
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106, second recommended option
_SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789")


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _HASHER.hash("nobody has this password")


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Passwords of twelve and more characters that guessing programs try first, in lower case."""
    return frozenset(COMMON_FILE.read_text("utf-8").split())


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for a person who doesn't exist or has no password yet."""
    try:
        _HASHER.verify(stored or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def check_password_strength(password: str, login: str, name: str = "") -> None:
    """Refuses a password that is short, common, repetitive or made of the person's own name.

    Raises: RuleViolation saying what to change.
    """
    policy = sign_in_policy()
    if len(password) < policy.shortest_password:
        raise RuleViolation("A password needs at least {n} characters.", n=policy.shortest_password)
    if len(password) > policy.longest_password:
        raise RuleViolation("A password may have at most {n} characters.", n=policy.longest_password)
    lowered = password.casefold()
    if lowered in common_passwords():
        raise RuleViolation("This password is on the lists that are tried first. Choose another.")
    if len(set(lowered)) < 5:
        raise RuleViolation("This password repeats too few characters. Four unrelated words are a good choice.")
    if any(lowered in (line * 3) or lowered in (line * 3)[::-1] for line in _SEQUENCES):
        raise RuleViolation("This password follows the keyboard or the alphabet. Choose another.")
    for own in (login, name):
        bare = "".join(own.casefold().split())
        if len(bare) >= 4 and bare in lowered and len(lowered) - len(bare) < 8:
            raise RuleViolation("This password is made of the person's own name. Choose another.")
