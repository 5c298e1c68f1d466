"""Competencies: what the people must be able to do, in nine fields, and the level each position has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from assessments.content import Fields, read_toml
from assessments.prose import Prose
from core.domain.rights import Position

FILE = Path(__file__).parent / "competencies.toml"
POSITIONS = tuple(position.value for position in Position)
HIGHEST = 3


@dataclass(frozen=True, slots=True)
class Competency:
    """Something people must be able to do.

    Shape: `field` is the topic of its item banks. Units: `required` level by position, 0 not required, 1 remember,
    2 apply, 3 decide.
    """

    code: str
    name: Prose
    field: str
    required: Mapping[str, int]


def read_competencies(path: Path) -> tuple[Mapping[str, Prose], Mapping[str, Competency]]:
    """The fields by topic and the competencies by code, in the order of the file.

    Raises: ContentError naming file and line of the first thing that is wrong.
    """
    data, locator = read_toml(path)
    whole = Fields(data, file=path.name, line=None, item=None, where="competencies", locator=locator)
    fields: dict[str, Prose] = {}
    for part in whole.tables("field", "field", least=1):
        fields[part.text("topic")] = part.prose("name")
        part.done()
    competencies: dict[str, Competency] = {}
    for part in whole.tables("competency", "competency", least=1):
        part.item = code = part.text("code")
        if code in competencies:
            raise part.error("This competency is there twice.", field="code")
        field = part.one_of("field", tuple(fields))
        competencies[code] = Competency(code, part.prose("name"), field, _required(part))
        part.done()
    whole.done()
    return MappingProxyType(fields), MappingProxyType(competencies)


def _required(part: Fields) -> Mapping[str, int]:
    levels = part.mapping("required")
    whole = all(isinstance(level, int) and not isinstance(level, bool) for level in levels.values())
    if tuple(levels) != POSITIONS or not whole or not all(0 <= level <= HIGHEST for level in levels.values()):
        raise part.error(
            "A level from 0 to {highest} is required of each of {positions}",
            field="required",
            highest=HIGHEST,
            positions=", ".join(POSITIONS),
        )
    return MappingProxyType(dict(levels))


FIELDS, COMPETENCIES = read_competencies(FILE)


def name_of(code: str) -> Prose:
    """What a competency is called; one that nobody named goes by its code."""
    known = COMPETENCIES.get(code)
    return Prose(code, code) if known is None else known.name
