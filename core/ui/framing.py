"""What the frame does in every run, from the session to the page inside it."""

from __future__ import annotations

import copy
import json

import streamlit as st

from core.context import Actor
from core.domain.errors import OrderlyError
from core.portal.colleagues import names_behind
from core.portal.preferences import preferences_of
from core.ui import guard, header, page
from core.ui.i18n import LANGUAGES, language, language_from, negotiate, people_from, set_language, t
from core.ui.server_static import OWN_STATIC
from core.ui.site import SECTION_LABELS, SITE, SitePage, pages_for
from core.ui.targets import prototype


def draw() -> None:
    """One run of the frame: the guard, the menu, the header, and the page."""
    set_language(_language_before_sign_in())
    try:
        page.check_person()
    except page.SignedOut:
        st.set_page_config(page_title="Orderly", layout="centered")
        st.navigation([st.Page(_nothing, title="Orderly", url_path="signed_out")], position="hidden")
        guard.draw_signed_out()
        return
    _take_up()
    listed = _menu()
    chosen = st.navigation(listed, position="sidebar", expanded=True)
    st.logo(str(OWN_STATIC / "logo.svg"), icon_image=str(OWN_STATIC / "mark.svg"), size="large")
    st.set_page_config(page_title=f"{chosen.title} · Orderly", layout="wide")
    header.draw_header()
    with guard.guarded():
        guard.show_flashes()
        chosen.run()


def _language_before_sign_in() -> str:
    known = st.session_state.get("_language")
    return known or negotiate(st.context.headers.get("accept-language"))


def _take_up() -> None:
    """Takes up the person's language and practice world; a session that was lost finds both in the database."""
    if "_language" not in st.session_state:
        chosen = page.portal_read(preferences_of)
        wanted = chosen.get("language", "auto")
        cookie = st.context.cookies.get("orderly_language")
        otherwise = cookie if cookie in LANGUAGES else negotiate(st.context.headers.get("accept-language"))
        st.session_state["_language"] = wanted if wanted in LANGUAGES else otherwise
        st.session_state["_theme"] = chosen.get("theme", "auto")
        if chosen.get("practice", "-") != "-":
            _return_to_practice(chosen["practice"])
    language_from(_language_of_this_run)
    people_from(_name_behind)
    set_language(st.session_state["_language"])


def _language_of_this_run() -> str:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:  # a thread that belongs to nobody's page
        return "en"
    return str(st.session_state.get("_language", "en"))


def _name_behind(actor: str) -> str:
    """Whose name a message shows for an actor of a log; one that is gone keeps its key."""
    return page.portal_read(names_behind, [actor]).get(actor, actor)


def _return_to_practice(kept: str) -> None:
    try:
        found = json.loads(kept)
        page.enter_world(str(found["id"]), found["title"])
    except (OrderlyError, ValueError, TypeError, KeyError):  # the world is gone, or was kept by an older version
        page.leave_world()


def _menu() -> dict[str, list[st.Page]]:
    """The pages this person has in this world, by section; the others stand unlisted and say why they are closed."""
    asker = page.actor()
    open_pages = list(pages_for(asker, in_practice=page.current_world().kind == "practice"))
    menu: dict[str, list[st.Page]] = {}
    for site_page in open_pages:
        heading = t(SECTION_LABELS[site_page.section]) if SECTION_LABELS[site_page.section] else ""
        menu.setdefault(heading, []).append(_as_page(site_page))
    closed = [_closed_page(site_page, asker) for site_page in SITE if site_page not in open_pages]
    menu[next(iter(menu))] += closed
    return menu


def _as_page(site_page: SitePage) -> st.Page:
    return copy.copy(prototype(site_page, language()))


def _closed_page(site_page: SitePage, asker: Actor) -> st.Page:
    """What stands at the address of a page that this person can't open here."""

    def closed() -> None:
        if site_page.open_to(asker):
            guard.draw_live_only()
        else:
            asker.need(site_page.rights[0])

    return st.Page(closed, title=t(site_page.title), url_path=site_page.name, visibility="hidden")


def _nothing() -> None:
    """The page behind nobody."""
