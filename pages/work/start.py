"""Where everybody begins: what this person can do here, and what waits for them."""

import streamlit as st

from core.ui import page
from core.ui.cards import heading, panel
from core.ui.i18n import t
from core.ui.safe import safe
from core.ui.server_html import what_somebody_is
from core.ui.site import SECTION_LABELS, pages_for

COLUMNS = 3

who = page.person()
heading(t("Hello, {name}", name=who.name), what_somebody_is(who.role, who.position))

in_practice = page.current_world().kind == "practice"
mine = [found for found in pages_for(page.actor(), in_practice=in_practice) if found.listed and not found.above]
for section in SECTION_LABELS:
    doors = [found for found in mine if found.section == section]
    if doors:
        st.caption(f"**{safe(t(SECTION_LABELS[section]))}**")
    for first in range(0, len(doors), COLUMNS):
        for place, door in zip(st.columns(COLUMNS), doors[first : first + COLUMNS], strict=False):
            with place, panel(f"door-{door.name}", stretch=True):
                st.page_link(door.path, label=t(door.title), icon=f":material/{door.icon}:")
                st.caption(t(door.purpose))
