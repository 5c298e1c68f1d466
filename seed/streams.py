"""Random streams: one per kind of draw, so that a change in one leaves all the others as they were."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, kind: str) -> np.random.Generator:
    """The generator of one kind of draw; the same on every machine and in every process."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(kind.encode())]))
