"""The line above every page: the world one is in, language, theme, and the way out."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.ui import page
from core.ui.i18n import LANGUAGE_NAMES, language, mark, t
from core.ui.safe import safe
from core.ui.server_html import what_somebody_is
from core.ui.settings import settings

THEME_LABELS = (("auto", mark("System"), "◐"), ("light", mark("Light"), "☀"), ("dark", mark("Dark"), "☾"))


def draw_header() -> None:
    """Draws the world's chip or the practice banner, and the person's menu."""
    who = page.person()
    world = page.current_world()
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="header"):
        kind, label = ("live", t("Live")) if world.kind == "live" else ("practice", t("Practice"))
        st.html(f'<span class="orderly-chip {kind}"><i></i>{escape(label)}</span>', width="content")
        with st.popover(safe(who.name), icon=":material/account_circle:", key="account"):
            st.caption(safe(f"{who.login} · {what_somebody_is(who.role, who.position)}"))
            st.html(_settings_forms())
    if world.kind == "practice":
        _draw_banner(page.practice_title(language()))


def _draw_banner(title: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="practice-banner"):
        st.markdown(
            f":material/science: **{t('Practice')} · {safe(title)}** · {t('Nothing here touches real orders.')}",
            width="stretch",
        )
        st.button(t("Leave practice"), on_click=page.leave_world, icon=":material/logout:", key="leave-practice")


def _settings_forms() -> str:
    """Language, theme and sign-out as plain forms that post to the server; no data of anybody's is in them."""
    languages = list(LANGUAGE_NAMES.items())
    themes = [(code, f"{sign} {t(label)}") for code, label, sign in THEME_LABELS]
    password = f'<a class="orderly-choice link" href="/password" target="_self">{escape(t("Change password"))}</a>'
    return (
        _choice("language", t("Language"), languages, language())
        + _choice("theme", t("Theme"), themes, st.session_state.get("_theme", "auto"))
        + ("" if settings().demo else password)
        + '<form class="orderly-choice" method="post" action="/sign-out">'
        + f'<button class="out">{escape(t("Sign out"))}</button></form>'
    )


def _choice(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> str:
    buttons = "".join(
        f'<button name="{name}" value="{code}"{" class=on" if code == chosen else ""}>{escape(text)}</button>'
        for code, text in options
    )
    where = escape(st.context.url.split("?")[0] if st.context.url else "/")
    path = where.split("/", 3)[3] if where.count("/") > 2 else ""
    return (
        f'<form class="orderly-choice" method="post" action="/preferences"><span>{escape(label)}</span>'
        f'<input type="hidden" name="next" value="/{path}"><div>{buttons}</div></form>'
    )
