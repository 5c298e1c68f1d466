"""The errors that Orderly raises on purpose.

    OrderlyError
    ├── RuleViolation     a rule says no; shown to the user; nothing was written
    │   └── DoubleSubmit  the same form was already carried out; the first result stands
    ├── NotFound          what was asked for isn't there
    ├── NotAllowed        the actor lacks the right; audited
    └── ContentError      a bank, policy or import is wrong; names file, line and item
        └── FileRefused   a file from outside can't be read at all

Anything else that is raised is a bug and keeps its traceback in the log, never on the page.
"""

from __future__ import annotations


class Label(str):
    """A piece of interface text that stands in a message as a value, and is translated by itself."""

    __slots__ = ()


class Colleague(str):
    """An actor of the log (`person:12`) that stands in a message; the surface shows the name behind it."""

    __slots__ = ()


def _plain(value: object) -> object:
    """A value as the English message shows it; several are listed."""
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else value


class OrderlyError(Exception):
    """Base of every deliberate error: an English template (a gettext msgid) and its values.

    A value may be an enum member, a Label or a Colleague, or a tuple of them: the surface shows them in the
    reader's words.
    """

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template, params)
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**{name: _plain(value) for name, value in self.params.items()})


class RuleViolation(OrderlyError):
    """A rule of the business refuses a command; the message names the rule and nothing was written."""


class DoubleSubmit(RuleViolation):
    """The same drawn form arrived twice; the first one was carried out and stands."""


class NotFound(OrderlyError):
    """The thing asked for doesn't exist in this world."""


class NotAllowed(OrderlyError):
    """The actor lacks a right; `right` names it."""

    def __init__(self, template: str, *, right: str, **params: object) -> None:
        super().__init__(template, right=right, **params)
        self.right = right


class ContentError(OrderlyError):
    """A bank, policy, exercise or import file is wrong at a place that can be named.

    `file` is a name without a machine's path, `line` counts from 1, `item` is the id of what is wrong.
    """

    def __init__(
        self,
        template: str,
        *,
        file: str = "",
        line: int | None = None,
        item: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(template, **params)
        self.file, self.line, self.item = file, line, item

    def place(self) -> str:
        """`file:line [item]`, as far as it is known."""
        place = self.file + (f":{self.line}" if self.line is not None else "")
        return f"{place} [{self.item}]" if self.item else place

    def __str__(self) -> str:
        place = self.place()
        return f"{place}: {super().__str__()}" if place else super().__str__()


class FileRefused(ContentError):
    """A file from outside is of the wrong kind, damaged or dangerous, and no row of it is taken."""
