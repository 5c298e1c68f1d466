"""Setting tests up: what each asks and how it is given; drafts are tried out here, versions are published."""

from __future__ import annotations

import streamlit as st

from assessments.blueprint import TESTS
from assessments.test_definitions import (
    DRAFT,
    OWN_VERSION,
    PUBLISHED,
    STATE_LABELS,
    Definition,
    definitions_of,
    open_on_older,
    publish_definition,
    save_definition,
)
from assessments.test_settings import BEHAVIOUR_LABELS
from core.context import Context
from core.ui import page
from core.ui.cards import chips, heading, section
from core.ui.guard import fragment
from core.ui.i18n import format_instant, format_int, format_rate, t
from core.ui.safe import safe
from core.ui.tables import Column, table
from pages.teach.setup import Workbench, said, zone
from pages.teach.setup.content import draw_content
from pages.teach.setup.given import draw_given


def state_words(definition: Definition) -> str:
    """Which version this is, and whether people are given it."""
    if definition.version == OWN_VERSION:
        return t("As delivered")
    return t("Version {n}: {state}", n=definition.version, state=t(STATE_LABELS[definition.state]))


def given_now(versions: tuple[Definition, ...]) -> Definition:
    """The version that people are given."""
    return next(one for one in versions if one.state == PUBLISHED)


def size_words(definition: Definition) -> str:
    """How long a form is: questions, and whole cases besides."""
    questions, cases = definition.blueprint.items_count, definition.blueprint.cases
    if not cases:
        return format_int(questions)
    return t("{n} and a case", n=questions) if cases == 1 else t("{n} and {cases} cases", n=questions, cases=cases)


# ---- the list -------------------------------------------------------------------------------------------------


def all_versions(ctx: Context) -> dict[str, tuple[Definition, ...]]:
    """The versions of every test."""
    return {test: definitions_of(ctx, test) for test in TESTS}


def draw_list() -> None:
    """Every test with how it is given now."""
    rows = []
    for test, versions in page.portal_read(all_versions).items():
        now = given_now(versions)
        limit, enough = now.settings.time_limit_minutes, now.settings.pass_rate
        rows.append(
            {
                "test": test,
                "title": said(now.blueprint.title),
                "given": state_words(now),
                "draft": state_words(versions[0]) if versions[0].state == DRAFT else "–",
                "items": size_words(now),
                "behaviour": t(BEHAVIOUR_LABELS[now.settings.behaviour]),
                "limit": "–" if limit is None else t("{n} min", n=limit),
                "enough": "–" if enough is None else format_rate(enough, 0),
            }
        )
    columns = [
        Column("title", t("Test"), pinned=True),
        Column("given", t("Given now")),
        Column("draft", t("Waiting"), width="medium"),
        Column("items", t("Questions per form")),
        Column("behaviour", t("Behaviour")),
        Column("limit", t("Time limit")),
        Column("enough", t("Pass mark")),
    ]
    st.caption(t("Click a test to change it."))
    chosen = table(rows, columns, key="tests", id_key="test", height="content")
    if chosen is not None:
        st.query_params["test"] = str(chosen)
        st.rerun()


def show_all() -> None:
    """Goes back to the list."""
    st.query_params.pop("test", None)


# ---- one test -------------------------------------------------------------------------------------------------


def save(bench: Workbench, form_key: str) -> None:
    """Keeps what is on the bench as a draft."""
    page.portal_command(
        save_definition,
        bench.base.test,
        bench.blueprint(),
        bench.settings(),
        base=bench.base.version,
        form_key=form_key,
        done=t("Saved as a draft. Nobody is given it before you publish it."),
    )


def draw_state(versions: tuple[Definition, ...]) -> None:
    """Which version people are given, which waits, and who still works on an older one."""
    now, newest = given_now(versions), versions[0]
    chips({t("Given now") + ": " + state_words(now): "good"})
    if newest.state == DRAFT:
        when = format_instant(newest.at, str(zone()))
        text = t(
            "Version {n} is a draft, saved by {who} on {when}. Publish it to give it to everybody who begins.",
            n=newest.version,
            who=newest.author,
            when=when,
        )
        st.info(safe(text), icon=":material/edit_note:")
    older = page.portal_read(open_on_older, now)
    if older:
        text = t("{n} attempts are still open on an older version. They keep it to the end.", n=older)
        if older == 1:
            text = t("One attempt is still open on an older version. It keeps it to the end.")
        st.warning(safe(text), icon=":material/history:")


def draw_buttons(bench: Workbench) -> None:
    """Saving, publishing, and what comes next."""
    with st.container(horizontal=True, gap="small", key="setup-buttons"):
        st.button(
            t("Save as draft"),
            key="setup-save",
            icon=":material/save:",
            type="secondary" if bench.base.state == DRAFT else "primary",
            on_click=save,
            args=(bench, page.form_key(f"setup-save-{bench.base.test}")),
        )
        st.button(
            t("Publish version {n}", n=bench.base.version) if bench.base.state == DRAFT else t("Publish"),
            key="setup-publish",
            icon=":material/publish:",
            type="primary" if bench.base.state == DRAFT else "secondary",
            disabled=bench.base.state != DRAFT,
            on_click=page.portal_command,
            args=(publish_definition, bench.base.test, bench.base.version),
            kwargs={
                "form_key": page.form_key(f"setup-publish-{bench.base.test}"),
                "done": t("Published. Whoever begins the test from now on gets this version."),
            },
        )
        if bench.base.state == DRAFT and changed(bench):
            st.caption(t("Changes on this page aren't saved yet; publishing gives what was saved."))


def changed(bench: Workbench) -> bool:
    """Whether something on the bench differs from what was saved."""
    return (bench.blueprint(), bench.settings()) != (bench.base.blueprint, bench.base.settings)


def draw_history(versions: tuple[Definition, ...]) -> None:
    """Every version, and the way back to one of them."""
    section(t("Versions"), t("No version is ever lost. Taking one up again saves it as a new draft."))
    newest = versions[0]
    for one in versions:
        words, button = st.columns([4, 1], vertical_alignment="center")
        by = "" if one.version == OWN_VERSION else f" · {one.author}, {format_instant(one.at, str(zone()))}"
        count = f"{t('Questions per form')}: {size_words(one)}"
        words.markdown(f"**{safe(state_words(one))}**{safe(by)}  \n:gray[{safe(count)} · {safe(given_words(one))}]")
        if one is not newest:
            button.button(
                t("Take up again"),
                key=f"setup-again-{one.version}",
                on_click=page.portal_command,
                args=(save_definition, one.test, one.blueprint, one.settings),
                kwargs={
                    "base": newest.version,
                    "form_key": page.form_key(f"setup-again-{one.test}-{one.version}"),
                    "done": t("Saved as a draft. Nobody is given it before you publish it."),
                },
            )


def given_words(definition: Definition) -> str:
    """How a version is given, in a line."""
    settings = definition.settings
    parts = [t(BEHAVIOUR_LABELS[settings.behaviour])]
    if settings.time_limit_minutes is not None:
        parts.append(t("{n} min", n=settings.time_limit_minutes))
    if settings.pass_rate is not None:
        parts.append(t("pass mark {rate}", rate=format_rate(settings.pass_rate, 0)))
    return " · ".join(parts)


def moment(ctx: Context) -> int:
    """What the portal's clock shows."""
    return ctx.now


@fragment()
def draw_editor(test: str) -> None:
    """One test on the bench."""
    versions = page.portal_read(definitions_of, test)
    bench = Workbench(versions[0])
    heading(said(versions[0].blueprint.title), t("What this test asks, and how it is given"), "tune")
    st.button(t("All tests"), key="setup-all", icon=":material/arrow_back:", type="tertiary", on_click=show_all)
    if "test" not in st.query_params:
        st.rerun()
    draw_state(versions)
    asked, given, history = st.tabs([t("What it asks"), t("How it is given"), t("Versions")])
    with asked:
        draw_content(bench)
    with given:
        draw_given(bench, page.portal_read(moment))
    draw_buttons(bench)
    with history:
        draw_history(versions)


chosen = st.query_params.get("test")
if chosen not in TESTS:
    heading(t("Set up tests"), t("What each test asks, how it is given, and which version people get"), "tune")
    draw_list()
else:
    draw_editor(chosen)
