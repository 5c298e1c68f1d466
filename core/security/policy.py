"""The numbers of signing in, read once from core/policies/sign_in.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

POLICY_FILE = Path(__file__).resolve().parents[1] / "policies" / "sign_in.toml"


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How long a sign-in lasts and how patient it is. Units: seconds, except counts and characters."""

    idle: int
    absolute: int
    free_failures_name: int
    free_failures_address: int
    first_wait: int
    longest_wait: int
    forget: int
    shortest_password: int
    longest_password: int
    administrator_invite: int
    password_invite: int


@lru_cache(maxsize=1)
def sign_in_policy() -> SignInPolicy:
    """The policy in force."""
    with POLICY_FILE.open("rb") as handle:
        data = tomllib.load(handle)
    session, throttle, password, invite = data["session"], data["throttle"], data["password"], data["invite"]
    return SignInPolicy(
        idle=session["idle_minutes"] * 60,
        absolute=session["absolute_hours"] * 3600,
        free_failures_name=throttle["free_failures_name"],
        free_failures_address=throttle["free_failures_address"],
        first_wait=throttle["first_wait_seconds"],
        longest_wait=throttle["longest_wait_seconds"],
        forget=throttle["forget_hours"] * 3600,
        shortest_password=password["shortest"],
        longest_password=password["longest"],
        administrator_invite=invite["administrator_hours"] * 3600,
        password_invite=invite["password_hours"] * 3600,
    )
