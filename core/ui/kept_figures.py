"""Keeps figures that take long to work out, for everybody, until something changes that they rest on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import streamlit as st
from sqlalchemy import Engine

from core.ui.databases import databases
from core.ui.i18n import t

T = TypeVar("T")
_AT_MOST = 64  # answers; those asked for longest ago go first
_kept: WeakKeyDictionary[Engine, OrderedDict[tuple[str, object], Any]] = WeakKeyDictionary()
_lock = threading.Lock()


def kept(name: str, key: object, work: Callable[[], T]) -> T:
    """What was worked out for the same question before, for anybody; worked out anew, and said so, for another `key`.

    `key` holds all that it rests on, read with the rights of whoever asks: that read refuses those who may not see it.
    """
    with _lock:
        store = _kept.setdefault(databases().portal, OrderedDict())
        if (name, key) in store:
            store.move_to_end((name, key))
            found: T = store[name, key]
            return found
    with st.spinner(t("The figures are being worked out …")):
        found = work()
    with _lock:
        store[name, key] = found
        while len(store) > _AT_MOST:
            store.popitem(last=False)
    return found
