"""What every page of the desk begins with: a practice world that can be worked in, here and now."""

from __future__ import annotations

import streamlit as st

from assessments import practice
from assessments.exercises import exercise_named
from assessments.practice import NOTICE_LABELS, PracticeRoom
from assessments.snapshots import snapshot_soon
from core.ui import guard, page
from core.ui.databases import databases, practice_files, wall_clock
from core.ui.i18n import language, t
from core.ui.rich import paragraphs
from core.ui.site import page_named


def practice_room() -> PracticeRoom:
    """Where this installation's practice worlds lie."""
    return PracticeRoom(practice_files())


def settle() -> None:
    """Brings a practice world back where it has to be, says so, and has its latest work kept; nothing to do live.

    Raises: NotFound when the world isn't this person's.
    """
    world = page.current_world()
    if world.kind != "practice":
        return
    room = practice_room()
    stay = page.portal_read(practice.needs_entering, room, world.id)
    if stay is None:
        room.ready(exercise_named(page.current_exercise() or ""))  # before the transaction that others wait for
        stay = page.portal_write(practice.enter_practice, room, world.id)
        if stay.notice is not None:
            page.flash(t(NOTICE_LABELS[stay.notice]), "note")
            guard.show_flashes()
    if stay.unsaved:
        snapshot_soon(databases(), room, world.id, wall_clock)
    _draw_task(stay.exercise)


def _draw_task(key: str) -> None:
    """The task at hand, folded away, and the way to the check."""
    exercise = exercise_named(key)
    with st.container(key="task", horizontal=True, vertical_alignment="top", gap="small"):
        with st.expander(t("Your task"), icon=":material/assignment:"):
            st.markdown(paragraphs(exercise.brief.in_language(language())))
        st.page_link(
            page_named("practice").path,
            label=t("Check my work"),
            icon=":material/fact_check:",
            query_params={"exercise": key},
        )
