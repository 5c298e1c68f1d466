"""What a certificate says on paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """A passed test, ready for paper.

    Units: score and pass_rate as the reader writes shares. Shape: `code` in groups of four; `address` is where
    anybody can check it.
    """

    name: str
    title_en: str
    title_zh: str
    score: str
    pass_rate: str
    issued_at: int
    timezone: str
    code: str
    address: str
