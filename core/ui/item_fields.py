"""The fields of a question while it is written: every text in both languages side by side, saved as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.ui.i18n import LANGUAGE_NAMES, LANGUAGES, t
from core.ui.safe import safe

PROSE = ("prose", "maybe prose")
PART = "_"
NUMBER_FORMAT = "%.6g"


@dataclass(frozen=True, slots=True)
class Fields:
    """What the widgets of one draft need to know.

    Shape: `kinds` maps group → field → what it holds; `label` and `part_label` name fields and parts in the reader's
    words; `write(group, part, field, language, value)` keeps a value, `act(name, group, part)` adds, removes or moves
    a part (`add`, `remove`, `up`, `down`) or makes it the key (`key`).
    """

    name: str
    draft: Mapping[str, Any]
    kinds: Mapping[str, Mapping[str, str]]
    label: Callable[[str], str]
    part_label: Callable[[str, int], str]
    write: Callable[[str, int, str, str, Any], bool]
    act: Callable[[str, str, int], None]
    locked: bool = False


# ---- widgets that never overwrite what is being typed --------------------------------------------------------------


def show(key: str, value: Any) -> None:
    """Gives a widget its value where it is drawn first, or where it was changed elsewhere since.

    Why not at every run: the answer to one field would otherwise overwrite what is being typed in the next.
    """
    drawn = st.session_state.setdefault("_drawn", {})
    if key not in st.session_state or drawn.get(key, value) != value:
        st.session_state[key] = value
    drawn[key] = value


def keep(fields: Fields, key: str, group: str, part: int, field: str, language: str) -> None:
    """Keeps what a widget holds; what can't be kept stays to be read under it."""
    value = st.session_state[key]
    refused = st.session_state.setdefault("_refused", {})
    if fields.write(group, part, field, language, value):
        st.session_state.setdefault("_drawn", {})[key] = value
        refused.pop(key, None)
    else:
        refused[key] = str(value or "")


def _key(fields: Fields, group: str, part: int, field: str, language: str = "") -> str:
    return f"{fields.name}-{group}-{part}-{field}-{language}"


def draw_refused(fields: Fields) -> None:
    """What was typed and could not be saved, to be copied from here."""
    lost = {
        key: text for key, text in st.session_state.get("_refused", {}).items() if key.startswith(f"{fields.name}-")
    }
    for place, text in enumerate(lost.values()):
        with st.container(border=True, key=f"panel-refused-{place}"):
            st.markdown(f":material/warning: {t('This was typed but not saved:')}")
            st.code(text, language=None, wrap_lines=True)
    if lost:
        st.button(t("I have copied it"), key="refused-done", on_click=st.session_state["_refused"].clear)


def draw_text(fields: Fields, table: Mapping[str, Any], group: str, part: int, field: str, language: str) -> None:
    """One language of a text."""
    key = _key(fields, group, part, field, language)
    value = table if not field else table.get(field) or {}
    show(key, str(value.get(language) or ""))
    st.text_area(
        f"{safe(fields.label(field or 'text'))} · {LANGUAGE_NAMES[language]}",
        key=key,
        height="content",
        max_chars=4_000,
        disabled=fields.locked,
        on_change=keep,
        args=(fields, key, group, part, field, language),
    )


def draw_word(fields: Fields, table: Mapping[str, Any], group: str, part: int, field: str, tip: str = "") -> None:
    """A short text that is the same in both languages."""
    key = _key(fields, group, part, field)
    show(key, str(table.get(field) or ""))
    st.text_input(
        safe(fields.label(field)),
        key=key,
        max_chars=400,
        autocomplete="off",
        help=tip or None,
        disabled=fields.locked,
        on_change=keep,
        args=(fields, key, group, part, field, ""),
    )


def draw_number(fields: Fields, table: Mapping[str, Any], group: str, part: int, field: str, tip: str = "") -> None:
    """A number; empty where it isn't known yet."""
    key, worth = _key(fields, group, part, field), field == "fraction"
    value = table.get(field)
    show(key, None if value is None else float(value))
    st.number_input(
        safe(fields.label(field)),
        value=None,
        min_value=-1.0 if worth else None,
        max_value=1.0 if worth else None,
        step=0.05 if worth else 1.0,
        format="%.4f" if worth else NUMBER_FORMAT,
        key=key,
        help=tip or None,
        disabled=fields.locked,
        on_change=keep,
        args=(fields, key, group, part, field, ""),
    )


def draw_choice(
    fields: Fields, field: str, options: Mapping[str, str], *, width: int | None = None, tip: str = ""
) -> None:
    """One of several things. Shape: `options` code → words."""
    key, value = _key(fields, "", 0, field), fields.draft.get(field) or None
    codes = list(options)
    if value is not None and value not in options:
        codes.append(str(value))
    show(key, value)
    st.selectbox(
        safe(fields.label(field)),
        codes,
        index=None,
        format_func=lambda code: options.get(code, code),
        key=key,
        placeholder=t("Choose"),
        help=tip or None,
        disabled=fields.locked,
        on_change=keep,
        args=(fields, key, "", 0, field, ""),
        width=width or "stretch",
    )


def draw_several(fields: Fields, field: str, options: Mapping[str, str]) -> None:
    """Several of several things. Shape: `options` code → words."""
    key = _key(fields, "", 0, field)
    show(key, [code for code in fields.draft.get(field) or [] if code in options])
    st.pills(
        safe(fields.label(field)),
        list(options),
        selection_mode="multi",
        format_func=options.__getitem__,
        key=key,
        disabled=fields.locked,
        on_change=keep,
        args=(fields, key, "", 0, field, ""),
    )


# ---- the parts -----------------------------------------------------------------------------------------------------


def draw_proses(fields: Fields, table: Mapping[str, Any], group: str, part: int, names: list[str]) -> None:
    """Texts in both languages: side by side where there is room, one language after the other on a phone."""
    for language, column in zip(LANGUAGES, st.columns(2), strict=True):
        with column:
            for name in names:
                draw_text(fields, table, group, part, name, language)


def draw_part(fields: Fields, group: str, number: int, part: Mapping[str, Any], count: int) -> None:
    """One option, pair, step or the like, with what can be done with it."""
    holds, part_number = fields.kinds[group], int(part[PART])
    with st.container(border=True, key=f"panel-part-{group}-{part_number}", gap="small"):
        draw_part_head(fields, group, number, part, count)
        plain = [name for name, what in holds.items() if what not in PROSE]
        if fields.draft["kind"] == "single" and group == "options":
            plain = []
        if plain:
            with st.container(horizontal=True, gap="small"):
                for name in plain:
                    with st.container(width=180 if holds[name] == "number" else 420):
                        draw = draw_number if holds[name] == "number" else draw_word
                        draw(fields, part, group, part_number, name, tip_of(group, name))
        draw_proses(fields, part, group, part_number, [name for name, what in holds.items() if what in PROSE])


def tip_of(group: str, field: str) -> str:
    """What has to be known about a field of a part."""
    if field == "fraction":
        return t("1 is the whole mark, 0 nothing; a wrong option of several may cost something: −0.5.")
    if field == "pattern":
        return t("Case, width and surrounding signs don't count; * stands for anything.")
    return ""


def draw_part_head(fields: Fields, group: str, number: int, part: Mapping[str, Any], count: int) -> None:
    """The name of a part and its buttons."""
    part_number = int(part[PART])
    name = fields.part_label(group, number)
    is_key = fields.draft["kind"] == "single" and group == "options"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        right = is_key and (part.get("fraction") or 0) > 0
        st.markdown(f"**{safe(name)}**" + (f" :green-badge[{t('right')}]" if right else ""), width="stretch")
        if fields.locked:
            return
        buttons = [
            ("up", "arrow_upward", t("Move up"), number == 1),
            ("down", "arrow_downward", t("Move down"), number == count),
            ("remove", "delete", t("Take out"), False),
        ]
        if is_key and not right:
            buttons.insert(0, ("key", "check", t("Make this the right one"), False))
        for act, icon, tip, off in buttons:
            st.button(
                f":material/{icon}:",
                key=f"{act}-{group}-{part_number}",
                help=f"{tip}: {name}",
                disabled=off,
                type="tertiary",
                on_click=fields.act,
                args=(act, group, part_number),
            )


def draw_group(fields: Fields, group: str, title: str, add_label: str, lead: str = "") -> None:
    """All parts of a group, and the way to one more."""
    st.markdown(f"#### {safe(title)}")
    if lead:
        st.caption(safe(lead))
    parts = fields.draft.get(group, [])
    for number, part in enumerate(parts, start=1):
        draw_part(fields, group, number, part, len(parts))
    if not fields.locked:
        st.button(
            safe(add_label), key=f"add-{group}", icon=":material/add:", on_click=fields.act, args=("add", group, 0)
        )


def draw_rubric(fields: Fields, of: str) -> None:
    """The criteria that a long answer is marked by, each with its levels; `of` is a level's link to its criterion."""
    st.markdown(f"#### {t('Rubric')}")
    st.caption(t("What a person marks the answer by: each criterion with what earns none, some and all of its points."))
    criteria = fields.draft.get("rubric", [])
    for number, criterion in enumerate(criteria, start=1):
        part_number = int(criterion[PART])
        with st.container(border=True, key=f"panel-rubric-{part_number}", gap="small"):
            draw_part_head(fields, "rubric", number, criterion, len(criteria))
            with st.container(width=180):
                draw_number(fields, criterion, "rubric", part_number, "points")
            draw_proses(fields, criterion, "rubric", part_number, ["text"])
            mine = [level for level in fields.draft.get("levels", []) if level[of] == criterion[PART]]
            for place, level in enumerate(mine, start=1):
                draw_level(fields, place, level)
            if not fields.locked:
                st.button(
                    t("Add a level"),
                    key=f"add-level-{part_number}",
                    icon=":material/add:",
                    type="tertiary",
                    on_click=fields.act,
                    args=("add", "levels", part_number),
                )
    if not fields.locked:
        st.button(
            t("Add a criterion"),
            key="add-rubric",
            icon=":material/add:",
            on_click=fields.act,
            args=("add", "rubric", 0),
        )


def draw_level(fields: Fields, place: int, level: Mapping[str, Any]) -> None:
    """What an answer looks like that earns so many points."""
    number = int(level[PART])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=150):
            draw_number(fields, level, "levels", number, "points")
        if not fields.locked:
            st.button(
                ":material/delete:",
                key=f"remove-levels-{number}",
                help=f"{t('Take out')}: {fields.part_label('levels', place)}",
                type="tertiary",
                on_click=fields.act,
                args=("remove", "levels", number),
            )
    draw_proses(fields, level, "levels", number, ["text"])
