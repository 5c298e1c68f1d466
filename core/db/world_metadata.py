"""The one list of a world's tables, which every module of tables adds to."""

from __future__ import annotations

from sqlalchemy import MetaData

world = MetaData()
