"""A rubric as plain text for whoever marks in another system, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assessments.interchange.fractions import plain_number

_LINE = re.compile(r"(#|-) ([0-9]+(?:\.[0-9]+)?): (.+)")


def rubric_text(rubric: Iterable[Mapping[str, Any]], said: Callable[[Mapping[str, str]], str]) -> str:
    """Each criterion with its points, below it what earns how many of them."""
    lines = []
    for criterion in rubric:
        lines.append(f"# {plain_number(criterion['points'])}: {_line(said(criterion['text']))}")
        lines += [f"- {plain_number(one['points'])}: {_line(said(one['text']))}" for one in criterion["levels"]]
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split())


def rubric_from(text: str, prose: Callable[[str], dict[str, str]]) -> list[dict[str, Any]]:
    """The rubric in such a text; none where it is a text of another kind."""
    rubric: list[dict[str, Any]] = []
    for line in text.split("\n"):
        found = _LINE.fullmatch(line.strip())
        if found is None or (found[1] == "-" and not rubric):
            return []
        part = {"text": prose(found[3]), "points": float(found[2])}
        if found[1] == "#":
            rubric.append({**part, "levels": []})
        else:
            rubric[-1]["levels"].append(part)
    return rubric
