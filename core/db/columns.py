"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer

# SQLite only counts a primary key up by itself when it is declared INTEGER; PostgreSQL needs 64 bits said.
Id = BigInteger().with_variant(Integer(), "sqlite")
Instant = BigInteger  # epoch seconds UTC
Cents = BigInteger
Quantity = BigInteger
