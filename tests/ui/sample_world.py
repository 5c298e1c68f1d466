"""A page that shows which world it is in, reads it, and writes a note into it."""

import streamlit as st
from sqlalchemy import text

from core.context import Context
from core.ui import guard, header, page


def note(ctx: Context, value: str) -> str:
    """Writes into whatever world it is given."""
    ctx.actor.need("orders.cancel")
    statement = "INSERT INTO meta (key, value) VALUES ('note', :v) ON CONFLICT (key) DO UPDATE SET value = :v"
    ctx.db.execute(text(statement), {"v": value})
    return value


def look(ctx: Context) -> tuple[str, str, int]:
    """What world this is, its note, and its time."""
    found = ctx.db.execute(text("SELECT value FROM meta WHERE key = 'note'")).scalar_one_or_none()
    return ctx.world.kind, found or "", ctx.now


with guard.guarded():
    page.person()
    header.draw_header()
    guard.show_flashes()
    kind, found, now = page.read(look)
    st.text(f"kind {kind}")
    st.text(f"note {found}")
    st.text(f"now {now}")
    practice = st.text_input("practice", key="practice")
    if practice and st.button("enter"):
        page.enter_world(practice, {"en": "Exercise *one*", "zh": "练习一"})
        st.rerun()
    st.button(
        "write",
        on_click=page.command,
        args=(note, "written"),
        kwargs={"form_key": page.form_key("write"), "done": "ok"},
    )
