"""Answering a question: the widgets of each kind, and saving what they hold at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from assessments.attempts import save_answer
from assessments.exhibits import CaseView, Exhibit, series_in
from assessments.prose import Prose
from assessments.questions import QuestionView
from assessments.sheets import Sheet
from assessments.typed_numbers import read_number
from core.domain.errors import OrderlyError
from core.ui import page
from core.ui.charts import CONFIG, Series, drawable, pictured
from core.ui.i18n import format_number, language, t, translate_error
from core.ui.kpi import is_dark
from core.ui.rich import emphasised, grid
from core.ui.safe import plain, safe


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


# ---- saving ---------------------------------------------------------------------------------------------------


TRIAL = 0
"""The attempt of an author who tries a question out: its answers stay in the session."""


def tried(item_id: str) -> Any:
    """What an author answered to a question that they try out."""
    return st.session_state.setdefault("_tried", {}).get(item_id)


def keep(attempt_id: int, item_id: str, response: Any) -> None:
    """Saves an answer; a refusal is said in the run that follows."""
    if attempt_id == TRIAL:
        st.session_state.setdefault("_tried", {})[item_id] = response
        return
    try:
        page.portal_write(save_answer, attempt_id, item_id, response)
    except page.SignedOut:
        return  # the run that follows says so
    except OrderlyError as error:
        page.flash(translate_error(error), "error")


def keep_value(attempt_id: int, item_id: str, key: str) -> None:
    """Saves what a single widget holds."""
    keep(attempt_id, item_id, st.session_state[key])


def keep_ticks(attempt_id: int, item_id: str, keys: dict[str, str]) -> None:
    """Saves the ticked boxes."""
    keep(attempt_id, item_id, [name for name, key in keys.items() if st.session_state[key]])


def keep_pairs(attempt_id: int, item_id: str, keys: dict[str, str]) -> None:
    """Saves the chosen partners."""
    chosen = {name: st.session_state[key] for name, key in keys.items()}
    keep(attempt_id, item_id, {name: right for name, right in chosen.items() if right is not None})


# ---- one question ---------------------------------------------------------------------------------------------


def draw_exhibit(exhibit: Exhibit, key: str = "exhibit") -> None:
    """The facts a question is about: a table, or a picture with its table folded under it."""
    title, columns = said(exhibit.title), [said(column) for column in exhibit.columns]
    rows = [[said(cell) for cell in row] for row in exhibit.rows]
    with st.container(border=True, key=key, gap=None):
        st.caption(safe(title))
        if not exhibit.chart:
            st.markdown(grid(columns, rows))
            return
        names = [row[0] for row in rows]
        series = [Series(str(at), columns[at + 1], values) for at, values in enumerate(series_in(exhibit))]
        figure = pictured(exhibit.chart, names, series, dark=is_dark())
        st.plotly_chart(drawable(figure), theme=None, config=dict(CONFIG), key=f"{key}-chart", alt=title)
        with st.expander(t("The same as a table"), key=f"{key}-table"):
            st.markdown(grid(columns, rows))


def draw_case(case: CaseView, key: str = "case") -> None:
    """The situation that several questions share."""
    with st.container(key=key, gap="small"):
        st.markdown(f":material/cases: **{safe(said(case.title))}**  \n{emphasised(said(case.situation))}")
        for place, exhibit in enumerate(case.exhibits):
            draw_exhibit(exhibit, f"{key}-exhibit-{place}")


def draw_single(sheet: Sheet, label: str) -> None:
    """One of several options."""
    key = f"answer-{sheet.attempt_id}-{sheet.item_id}"
    texts = {choice.name: safe(said(choice.text)) for choice in sheet.question.choices}
    st.session_state[key] = sheet.response
    st.radio(
        label,
        list(texts),
        index=None,
        format_func=texts.__getitem__,
        key=key,
        label_visibility="collapsed",
        width="stretch",
        on_change=keep_value,
        args=(sheet.attempt_id, sheet.item_id, key),
    )


def draw_multiple(sheet: Sheet) -> None:
    """Several of several options."""
    st.caption(t("Several answers can be right; a wrong one costs marks."))
    keys = {
        choice.name: f"answer-{sheet.attempt_id}-{sheet.item_id}-{choice.name}" for choice in sheet.question.choices
    }
    with st.container(key="ticks", gap="small"):
        for choice in sheet.question.choices:
            st.session_state[keys[choice.name]] = choice.name in (sheet.response or ())
            st.checkbox(
                safe(said(choice.text)),
                key=keys[choice.name],
                on_change=keep_ticks,
                args=(sheet.attempt_id, sheet.item_id, keys),
            )


def draw_typed(sheet: Sheet, label: str) -> None:
    """A number or a few words."""
    key, view = f"answer-{sheet.attempt_id}-{sheet.item_id}", sheet.question
    if key not in st.session_state:  # what is being typed is never overwritten
        st.session_state[key] = sheet.response or ""
    numeric = view.kind == "numeric"
    unit = said(view.unit) if view.unit else ""
    st.text_input(
        label,
        key=key,
        label_visibility="collapsed",
        placeholder=(t("A number, in {unit}", unit=unit) if unit else t("A number"))
        if numeric
        else t("A word or phrase"),
        max_chars=2_000,
        autocomplete="off",
        live="2s",
        width=420,
        on_change=keep_value,
        args=(sheet.attempt_id, sheet.item_id, key),
    )
    if numeric and sheet.response and sheet.response.strip():
        number = read_number(sheet.response, view.unit)
        if number is None:
            st.caption(":orange[" + safe(t("This can't be read as a number yet. Write it like 1234.5.")) + "]")
        else:
            digits = min(4, max(0, -int(number.normalize().as_tuple().exponent)))
            st.caption(safe(t("Read as {number} {unit}", number=format_number(float(number), digits), unit=unit)))


def draw_matching(sheet: Sheet) -> None:
    """A partner for each line."""
    texts = {choice.name: said(choice.text) for choice in sheet.question.choices}
    keys = {left.name: f"answer-{sheet.attempt_id}-{sheet.item_id}-{left.name}" for left in sheet.question.lefts}
    for left in sheet.question.lefts:
        key = keys[left.name]
        st.session_state[key] = (sheet.response or {}).get(left.name)
        st.selectbox(
            safe(said(left.text)),
            list(texts),
            index=None,
            format_func=texts.__getitem__,
            key=key,
            placeholder=t("Choose what belongs to it"),
            filter_mode=None,
            on_change=keep_pairs,
            args=(sheet.attempt_id, sheet.item_id, keys),
        )


def draw_ordering(sheet: Sheet) -> None:
    """Steps, tapped one after the other in their order; a placed one can be moved."""
    placed: list[str] = list(sheet.response or ())
    texts = {choice.name: safe(said(choice.text)) for choice in sheet.question.choices}
    act = partial(keep, sheet.attempt_id, sheet.item_id)
    left = [name for name in texts if name not in placed]
    st.caption(
        t("Press the steps in the order in which they happen.") if left else t("Your order. Move a step up or down.")
    )
    with st.container(key="placed", gap="small"):
        for place, name in enumerate(placed):
            with st.container(
                horizontal=True, vertical_alignment="center", wrap=False, key=f"placed-{name}", gap="small"
            ):
                st.markdown(f"**{place + 1}.** {texts[name]}", width="stretch")
                for icon, target, tip in (
                    ("arrow_upward", place - 1, t("Move up")),
                    ("arrow_downward", place + 1, t("Move down")),
                ):
                    inside = 0 <= target < len(placed)
                    st.button(
                        f":material/{icon}:",
                        key=f"move-{icon}-{sheet.item_id}-{name}",
                        help=tip,
                        disabled=not inside,
                        on_click=act,
                        args=(swapped(placed, place, target) if inside else placed,),
                    )
    with st.container(key="unplaced", gap="small"):
        for name in left:
            st.button(
                texts[name],
                key=f"place-{sheet.item_id}-{name}",
                icon=":material/add:",
                width="stretch",
                wrap=True,
                on_click=act,
                args=([*placed, name],),
            )
    if placed:
        st.button(
            t("Start over"),
            key=f"restart-{sheet.item_id}",
            type="tertiary",
            icon=":material/restart_alt:",
            on_click=act,
            args=([],),
        )


def swapped(names: list[str], a: int, b: int) -> list[str]:
    """The names with two places exchanged."""
    names = list(names)
    names[a], names[b] = names[b], names[a]
    return names


def draw_question(sheet: Sheet) -> None:
    """The question at the sheet's place with its way of answering."""
    view: QuestionView = sheet.question
    stem = said(view.stem)
    if view.case is not None:
        draw_case(view.case)
    st.markdown(f"#### {emphasised(stem)}")
    if view.exhibit is not None:
        draw_exhibit(view.exhibit)
    match view.kind:
        case "single":
            draw_single(sheet, plain(stem.replace("**", "")))
        case "multiple":
            draw_multiple(sheet)
        case "numeric" | "short_text":
            draw_typed(sheet, plain(stem.replace("**", "")))
        case "matching":
            draw_matching(sheet)
        case "ordering":
            draw_ordering(sheet)
