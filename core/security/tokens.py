"""Secrets that are handed out once: only their hashes are ever stored."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A secret nobody can guess: 256 random bits, fit for a URL or a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token; a plain hash is enough because the token itself is random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
