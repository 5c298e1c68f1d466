"""A page that shows every naughty string through the escaping, for the real browser to look at."""

import streamlit as st

from core.ui.safe import plain, safe
from tests.naughty import naughty_strings

st.set_page_config(page_title="naughty")
for number, text in enumerate(naughty_strings()):
    with st.container(key=f"markdown-{number}"):
        st.markdown(safe(text))
    with st.container(key=f"label-{number}"):
        st.checkbox(safe(text) or "empty", key=f"box-{number}")
    with st.container(key=f"text-{number}"):
        st.text(plain(text))
