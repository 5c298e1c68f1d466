"""People: who may come in and as what; administrators add, change, disable and sign out."""

import streamlit as st

from core.domain.rights import POSITION_LABELS, ROLE_LABELS, Position, Role
from core.portal import people
from core.ui import page
from core.ui.cards import heading, section
from core.ui.i18n import format_instant, t
from core.ui.links import own_link
from core.ui.tables import Column, table


def what(who: people.Person) -> str:
    """A person's role, or an employee's position."""
    return t(POSITION_LABELS[Position(who.position)]) if who.position else t(ROLE_LABELS[Role(who.role)])


def role_fields(keys: dict[str, str], who: people.Person | None = None) -> None:
    """The widgets for role, position and team, under these keys."""
    roles, positions = list(Role), list(Position)
    left, middle, right = st.columns(3)
    left.selectbox(
        t("Role"),
        roles,
        index=roles.index(Role(who.role)) if who else roles.index(Role.EMPLOYEE),
        format_func=lambda role: t(ROLE_LABELS[role]),
        key=keys["role"],
    )
    middle.selectbox(
        t("Position"),
        positions,
        index=positions.index(Position(who.position)) if who and who.position else 0,
        format_func=lambda position: t(POSITION_LABELS[position]),
        key=keys["position"],
        help=t("Only employees have one."),
    )
    right.text_input(t("Team"), who.team if who else "", max_chars=80, key=keys["team"])


def show_link(forms: list[str]) -> None:
    """Shows the one-time link that the last command made, until it is said to be sent."""
    made = [found for form in forms if isinstance(found := page.result(form), people.Invitation)]
    if made:
        st.session_state["_invitation"] = made[-1]
    invitation = st.session_state.get("_invitation")
    if invitation is None:
        return
    with st.container(border=True, key="one-time-link"):
        st.markdown(f"**{t('One-time link to choose a password')}**")
        st.code(own_link(f"/welcome/{invitation.token}"), language=None, wrap_lines=True)
        st.caption(
            t(
                "It works once, until {until}. Send it on a way only this person reads; it isn't shown again.",
                until=format_instant(invitation.expires_at),
            )
        )
        st.button(t("I have sent it"), on_click=lambda: st.session_state.pop("_invitation", None))


def add_form() -> None:
    """The form that takes a person in; it is empty again once they are in, and keeps what was typed until then."""
    key = page.form_key("add-person")
    new = {name: f"new-{name}-{key}" for name in ("name", "login", "role", "position", "team")}
    with st.expander(t("Add a person"), icon=":material/person_add:"), st.form("add-person", border=False):
        left, right = st.columns(2)
        left.text_input(t("Name"), max_chars=80, key=new["name"])
        right.text_input(t("Sign-in name"), max_chars=60, key=new["login"], help=t("Letters, digits, dots and dashes"))
        role_fields(new)
        st.form_submit_button(
            t("Add and make a link"),
            type="primary",
            on_click=page.portal_command,
            args=(people.add_person, page.field(new["login"]), page.field(new["name"]), page.field(new["role"])),
            kwargs={
                "position": page.field(new["position"]),
                "team": page.field(new["team"]),
                "form_key": key,
                "done": t("The person was added."),
            },
        )


def edit(who: people.Person) -> None:
    """Everything that can be changed about one person."""
    section(who.name, f"{who.login} · {what(who)} · {t('since {day}', day=format_instant(who.created_at))}")
    keys = {name: f"edit-{name}-{who.id}" for name in ("name", "role", "position", "team")}
    with st.form(f"edit-{who.id}"):
        st.text_input(t("Name"), who.name, max_chars=80, key=keys["name"])
        role_fields(keys, who)
        st.form_submit_button(
            t("Save"),
            type="primary",
            on_click=page.portal_command,
            args=(people.change_person, who.id),
            kwargs={
                "name": page.field(keys["name"]),
                "role": page.field(keys["role"]),
                "position": page.field(keys["position"]),
                "team": page.field(keys["team"]),
                "form_key": page.form_key(f"change-{who.id}"),
                "done": t("Saved. It takes effect at their next click."),
            },
        )
    with st.container(horizontal=True):
        act(who, "link", t("New password link"), people.new_password_link, t("The link was made."), "link")
        act(who, "out", t("Sign out everywhere"), people.end_sessions, t("Signed out everywhere."), "logout")
        if who.active:
            act(who, "off", t("Disable"), people.disable_person, t("Disabled and signed out everywhere."), "block")
        else:
            act(who, "on", t("Enable"), people.enable_person, t("Enabled."), "check_circle")


def act(who: people.Person, name: str, label: str, work: object, done: str, icon: str) -> None:
    """One button that does something with a person."""
    st.button(
        label,
        key=f"{name}-{who.id}",
        icon=f":material/{icon}:",
        on_click=page.portal_command,
        args=(work, who.id),
        kwargs={"form_key": page.form_key(f"{name}-{who.id}"), "done": done},
    )


heading(t("People"), t("Who may come in, and as what. Changes take effect at a person's next click."), "group")
everybody = page.portal_read(people.people_in)
add_form()
show_link(["add-person", *(f"link-{who.id}" for who in everybody)])
columns = [
    Column("name", t("Name"), pinned=True),
    Column("login", t("Sign-in name")),
    Column("what", t("Role or position")),
    Column("team", t("Team")),
    Column("state", t("State")),
    Column("sessions", t("Signed in"), "number", width="small", help=t("Open sessions now")),
]


def state_of(who: people.Person) -> str:
    """In a word, whether somebody can come in."""
    if not who.active:
        return t("disabled")
    return t("active") if who.has_password or who.demo else t("no password yet")


rows = [
    {
        "id": who.id,
        "name": who.name,
        "login": who.login,
        "what": what(who),
        "team": who.team,
        "state": state_of(who),
        "sessions": who.sessions_count,
    }
    for who in everybody
]
chosen = table(rows, columns, key="people", id_key="id")
if chosen is None:
    st.caption(t("Click a person to change them."))
else:
    edit(next(who for who in everybody if who.id == chosen))
