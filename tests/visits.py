"""People looking at pages under AppTest: the frame and its pages, run as Streamlit runs them, without a browser."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import person
from core.portal.people import ensure_demo_people
from core.portal.preferences import set_preference
from core.security.sessions import end_sessions_of, open_session
from core.security.tokens import token_hash
from core.ui import databases as process
from tests.house_rules import ROOT

FRAME = ROOT / "core" / "ui" / "frame.py"
TIMEOUT = 60


@contextmanager
def process_databases(var: Path) -> Iterator[Databases]:
    """Makes the databases in a folder the ones that this process's pages speak to, with the demo's people in them."""
    before = os.environ.get("ORDERLY_VAR")
    os.environ["ORDERLY_VAR"] = str(var)
    process.databases.cache_clear()
    process.practice_files.cache_clear()
    opened = process.databases()
    try:
        with transaction(opened.portal) as db:
            ensure_demo_people(Context(db, ENGINE, int(time.time()), World("portal", "portal")))
        yield opened
    finally:
        opened.dispose()
        process.databases.cache_clear()
        process.practice_files.cache_clear()
        if before is None:
            del os.environ["ORDERLY_VAR"]
        else:
            os.environ["ORDERLY_VAR"] = before


def person_id(databases: Databases, login: str) -> int:
    """The number of a person."""
    with reader(databases.portal) as db:
        return int(db.execute(person.select().where(person.c.login == login)).one().id)


def come_in(databases: Databases, login: str) -> dict[str, str]:
    """Signs a demo person in; gives what the gate tells Streamlit about them (`AppTest.user`)."""
    who = person_id(databases, login)
    with transaction(databases.portal) as db:
        token = open_session(db, who, int(time.time()), address="127.0.0.1", user_agent="AppTest")
    return {"session": token_hash(token), "person": str(who)}


def shut_out(databases: Databases, login: str) -> None:
    """Ends all of a person's sessions."""
    with transaction(databases.portal) as db:
        end_sessions_of(db, person_id(databases, login), int(time.time()))


def visit(databases: Databases, login: str, page: str = "", *, language: str = "en", **query: str) -> AppTest:
    """A demo person's tab on a page of the site, as `section/name`, after its first run.

    A page that isn't in the person's menu ends in Streamlit's "page not found", as for a typed address.
    """
    user = come_in(databases, login)
    with transaction(databases.portal) as db:
        from core.context import Actor

        actor = Actor(int(user["person"]), login, "employee", None, frozenset())
        set_preference(Context(db, actor, int(time.time()), World("portal", "portal")), "language", language)
    tab = AppTest.from_file(str(FRAME), default_timeout=TIMEOUT)
    tab.user = user
    for name, value in query.items():
        tab.query_params[name] = value
    tab.run()
    if page:
        tab.switch_page(os.path.relpath(ROOT / "pages" / f"{page}.py", FRAME.parent))
        tab.run()
    return tab


def copy_databases(template: Path, var: Path) -> Path:
    """A fresh copy of a folder of databases."""
    shutil.copytree(template, var)
    return var


def said(tab: AppTest) -> str:
    """Everything that a tab says in words."""
    kinds = (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "text",
        "error",
        "warning",
        "info",
        "success",
        "toast",
    )
    parts = [str(found.value) for kind in kinds for found in getattr(tab, kind)]
    return "\n".join(parts).replace("\\", "")
