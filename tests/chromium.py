"""Finds the system's Chromium and says how it is started."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The browser's program: ORDERLY_CHROMIUM, or the first of the usual names on the path."""
    named = os.environ.get("ORDERLY_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)
