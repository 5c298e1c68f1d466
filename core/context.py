"""Where, who and when: the first argument of every command and every read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from core.domain.errors import NotAllowed
from core.domain.rights import ENGINE_RIGHTS, RIGHTS

if TYPE_CHECKING:
    from sqlalchemy import Connection

WorldKind = Literal["portal", "live", "practice"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in person, or the engine itself (person_id None)."""

    person_id: int | None
    name: str
    role: str
    position: str | None
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Whether the actor carries a right; asking for a right that isn't declared is a bug."""
        assert right in RIGHTS, right
        return right in self.rights

    def need(self, right: str) -> None:
        """Refuses unless the actor carries the right.

        Raises: NotAllowed, naming the right.
        """
        if not self.may(right):
            raise NotAllowed("You don't have the right to do this ({right}). Ask an administrator.", right=right)


ENGINE = Actor(person_id=None, name="engine", role="engine", position=None, rights=ENGINE_RIGHTS)


@dataclass(frozen=True, slots=True)
class World:
    """Which database a context speaks to; `timezone` is the calendar its days are cut by."""

    kind: WorldKind
    id: str
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Context:
    """One command's or read's surroundings.

    Units: `now` is epoch seconds UTC, from the world's clock.
    """

    db: Connection
    actor: Actor
    now: int
    world: World

    def at(self, now: int) -> Context:
        """The same context at another moment."""
        return replace(self, now=now)

    def by(self, actor: Actor) -> Context:
        """The same context for another actor."""
        return replace(self, actor=actor)
