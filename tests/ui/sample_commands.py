"""A page that hands commands over in every way: once, twice with one key, refused, broken, and inside a fragment."""

import time

import streamlit as st

from core.context import Context
from core.domain.errors import RuleViolation
from core.portal import people
from core.portal.preferences import set_preference
from core.ui import guard, page


def half_done(ctx: Context) -> None:
    """Writes, and then breaks a rule."""
    set_preference(ctx, "half", "written")
    raise RuleViolation("A person needs a name.")


def broken(ctx: Context) -> None:
    """Writes, and then meets a bug."""
    set_preference(ctx, "broken", "written")
    raise ZeroDivisionError


def twice(key: str) -> None:
    """The same drawn form arriving twice, the second time much later."""
    for _ in range(2):
        page.portal_command(people.add_person, "lin", "Lin", "manager", form_key=key, done="added")
        st.session_state["_finished"] = {}


with guard.guarded():
    page.person()
    guard.show_flashes()
    st.button("twice", on_click=twice, args=(page.form_key("twice"),))
    st.button("half", on_click=page.portal_command, args=(half_done,), kwargs={"form_key": page.form_key("half")})
    st.button("broken", on_click=page.portal_command, args=(broken,), kwargs={"form_key": page.form_key("broken")})
    st.button(
        "refused",
        on_click=page.portal_command,
        args=(people.add_person, "new", "New", "manager"),
        kwargs={"form_key": page.form_key("refused")},
    )
    st.text_input("value", key="value")
    st.button(
        "keep",
        on_click=page.portal_command,
        args=(set_preference, "kept", page.field("value")),
        kwargs={"form_key": page.form_key("keep"), "done": "kept"},
    )
    st.text(f"key {page.form_key('keep')}")
    st.text(f"slept {time.monotonic() > 0}")
    if st.checkbox("look"):
        st.text(str(len(page.portal_read(people.people_in))))


@guard.fragment()
def part() -> None:
    """A part that reads by itself."""
    st.text(f"part for {page.person().login}")


part()
