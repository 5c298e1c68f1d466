"""Where everybody begins: what this person can do here, and what waits for them."""

import streamlit as st

from core.ui import page
from core.ui.cards import heading
from core.ui.i18n import t
from core.ui.safe import safe
from core.ui.site import SECTION_LABELS, pages_for

who = page.person()
heading(t("Hello, {name}", name=who.name), t("What you can do here:"))

in_practice = page.current_world().kind == "practice"
mine = [found for found in pages_for(page.actor(), in_practice=in_practice) if found.listed and not found.above]
sections = [section for section in SECTION_LABELS if any(found.section == section for found in mine)]
for place, section in zip(st.columns(max(2, len(sections)), gap="medium"), sections, strict=False):
    with place, st.container(border=True, key=f"start-{section}", height="stretch"):
        st.markdown(f"**{safe(t(SECTION_LABELS[section]))}**")
        for found in mine:
            if found.section == section:
                st.page_link(found.path, label=t(found.title), icon=f":material/{found.icon}:", help=t(found.purpose))
                st.caption(t(found.purpose))
