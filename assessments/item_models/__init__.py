"""Item models: questions whose figures, key and reasons come from a seeded practice world."""

from __future__ import annotations

from assessments.item_models.model import ItemModel

MODELS: dict[str, ItemModel] = {}
