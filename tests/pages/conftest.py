"""The house that pages are looked at in."""

from tests.houses import house, migrated

__all__ = ["house", "migrated"]
