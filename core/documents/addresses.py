"""An address as a parcel carries it, in the order of its country."""

from __future__ import annotations

from core.documents.voice import Voice
from core.domain.papers import Recipient


def place_of(to: Recipient, voice: Voice) -> str:
    """The whole address in one text: from the province down in China, from the street up elsewhere.

    Inside China the province stands in Chinese whatever language the paper speaks: the courier reads it.
    """
    if to.country == "CN":
        # 上海市上海市 says nothing twice
        parts = [to.region_zh, "" if to.city == to.region_zh else to.city, to.district, " " + to.street]
        return "".join(parts) + (f"  {to.postcode}" if to.postcode else "")
    region = voice.either(to.region_en, to.region_zh)
    parts = [to.street, to.district, f"{to.city} {to.postcode}".strip(), region, to.country]
    return ", ".join(part for part in parts if part)
