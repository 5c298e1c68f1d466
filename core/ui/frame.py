"""The frame around every page: who is here, in which language and world, which pages they have, and what went wrong."""

from __future__ import annotations

from core.ui.framing import draw

draw()
