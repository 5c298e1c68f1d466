"""What a tab holds of a page: its elements by place, its widgets and their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

# What `find` calls a widget → the elements that count as it.
_GROUPS = {
    "button": ("button", "download_button"),
    "choice": ("radio", "selectbox", "button_group"),
    "field": ("text_input", "text_area", "number_input"),
    "checkbox": ("checkbox",),
}
# Elements with words on them, and the field that holds the words.
_WITH_WORDS = {
    "markdown": "body",
    "heading": "body",
    "text": "body",
    "metric": "body",
    "alert": "body",
    "button": "label",
}


class ElementNotFound(LookupError):
    """The page has no such widget, or more than one."""


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget on the page, with what is needed to use it."""

    id: str
    kind: str
    label: str
    form_id: str
    fragment_id: str
    options: tuple[str, ...]
    disabled: bool
    silent: bool

    @property
    def key(self) -> str:
        """The key that the page gave it; an id reads `$$ID-<hash>-<key>`."""
        return self.id.split("-", 2)[2]


@dataclass(slots=True)
class _Placed:
    run_id: str
    fragment_id: str
    element: Any | None  # None for a block


@dataclass
class PageElements:
    """The page as its deltas made it.

    Shape: `values` maps widget id to the value that every rerun sends along.
    """

    navigation: dict[str, str] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    not_found: bool = False
    _placed: dict[tuple[int, ...], _Placed] = field(default_factory=dict)
    _in_forms: dict[str, dict[str, WidgetState]] = field(default_factory=dict)

    def apply(self, message: ForwardMsg, run_id: str) -> None:
        """Puts one delta of a run in its place."""
        delta = message.delta
        kind = delta.WhichOneof("type")
        if kind not in ("new_element", "add_block"):
            return
        element = delta.new_element if kind == "new_element" else None
        place = tuple(message.metadata.delta_path)
        self._placed[place] = _Placed(run_id, delta.fragment_id, element)
        if element is not None:
            self._start_value(element)

    def forget_stale(self, run_id: str, fragment_ids: set[str]) -> None:
        """Drops what the finished run did not draw again: of the page, or of the fragments that ran."""
        self._placed = {
            place: kept
            for place, kept in self._placed.items()
            if kept.run_id == run_id or (fragment_ids and kept.fragment_id not in fragment_ids)
        }
        alive = {widget.id for widget in self.widgets()}
        self.values = {key: value for key, value in self.values.items() if key in alive}

    def widgets(self) -> Iterator[Widget]:
        """The widgets on the page, from top to bottom."""
        for place in sorted(self._placed):
            kept = self._placed[place]
            kind = kept.element.WhichOneof("type") if kept.element is not None else ""
            body: Any = getattr(kept.element, kind) if kind else None
            if not getattr(body, "id", ""):
                continue
            yield Widget(
                id=body.id,
                kind=kind,
                label=getattr(body, "label", ""),
                form_id=getattr(body, "form_id", ""),
                fragment_id=kept.fragment_id,
                options=_options(kind, body),
                disabled=bool(getattr(body, "disabled", False)),
                silent=bool(getattr(body, "ignore_rerun", False)),
            )

    def find(self, group: str, label: str = "", key: str = "") -> Widget:
        """The one enabled widget of a group with this label, or this key.

        Raises: ElementNotFound, saying what there is.
        """
        there = [widget for widget in self.widgets() if widget.kind in _GROUPS[group] and not widget.disabled]
        fits = [widget for widget in there if (not label or label in widget.label) and (not key or widget.key == key)]
        if len(fits) != 1:
            names = [(widget.label, widget.key) for widget in there]
            wanted = f"{group} {label or key!r}"
            raise ElementNotFound(f"{len(fits)} fit {wanted}; there are {names!r}")
        return fits[0]

    def all_of(self, group: str) -> list[Widget]:
        """Every enabled widget of a group, from top to bottom."""
        return [widget for widget in self.widgets() if widget.kind in _GROUPS[group] and not widget.disabled]

    def keep_in_form(self, form_id: str, state: WidgetState) -> None:
        """Holds a value back until its form is submitted."""
        self._in_forms.setdefault(form_id, {})[state.id] = state

    def submit_form(self, form_id: str) -> None:
        """Lets the values of a form count."""
        self.values.update(self._in_forms.pop(form_id, {}))

    def texts(self) -> list[str]:
        """The words of headings, texts, figures, notices and buttons, from top to bottom."""
        words = []
        for place in sorted(self._placed):
            element = self._placed[place].element
            kind = element.WhichOneof("type") if element is not None else ""
            if kind in _WITH_WORDS:
                words.append(str(getattr(getattr(element, kind), _WITH_WORDS[kind])))
        return words

    def exceptions(self) -> list[str]:
        """Tracebacks on the page; there must never be any."""
        kept = [placed.element for placed in self._placed.values() if placed.element is not None]
        return [element.exception.message for element in kept if element.WhichOneof("type") == "exception"]

    def _start_value(self, element: Any) -> None:
        """Takes over a widget's first value, or one that the server sets, as the browser does."""
        kind = element.WhichOneof("type")
        body = getattr(element, kind)
        key = getattr(body, "id", "")
        if not key or (key in self.values and not getattr(body, "set_value", False)):
            return
        state = WidgetState(id=key)
        given = bool(getattr(body, "set_value", False))
        if kind in ("radio", "selectbox"):
            if given and body.HasField("raw_value"):
                state.string_value = body.raw_value
            elif not given and body.HasField("default"):
                state.string_value = body.options[body.default]
            else:
                return
        elif kind == "button_group":
            chosen = body.raw_values if given else [_options(kind, body)[index] for index in body.default]
            state.string_array_value.data.extend(chosen)
        elif kind == "checkbox":
            state.bool_value = body.value if given else body.default
        elif kind in ("text_input", "text_area"):
            state.string_value = body.value if given else body.default
        elif kind == "number_input" and (given or body.HasField("default")):
            state.double_value = body.value if given else body.default
        else:
            return
        self.values[key] = state


def _options(kind: str, body: Any) -> tuple[str, ...]:
    if kind == "button_group":
        return tuple(option.content or option.content_icon for option in body.options)
    return tuple(getattr(body, "options", ()))
