"""Where everybody begins: what this person can do here, and what waits for them."""

import streamlit as st

from core.ui import page
from core.ui.i18n import t
from core.ui.safe import safe
from core.ui.site import pages_for

who = page.person()
st.title(t("Hello, {name}", name=safe(who.name)), anchor=False)

for site_page in pages_for(page.actor(), in_practice=page.current_world().kind == "practice"):
    if site_page.listed and not site_page.above:
        st.page_link(site_page.path, label=t(site_page.title), icon=f":material/{site_page.icon}:")
