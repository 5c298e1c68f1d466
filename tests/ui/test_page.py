"""What pages hand over: one transaction, one time, only for who may, and told afterwards."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import audit, invite, person, portal_command_key, preference
from core.security.audit import verify_chain
from core.ui.page import _DOUBLE_CLICK
from tests.house_rules import ROOT
from tests.visits import come_in, person_id, said, shut_out, visit

SAMPLE = ROOT / "tests" / "ui" / "sample_commands.py"


def _rows(databases: Databases, query: Any) -> list[tuple[Any, ...]]:
    with reader(databases.portal) as db:
        return [tuple(row) for row in db.execute(query)]


def _open(databases: Databases, login: str) -> AppTest:
    tab = AppTest.from_file(str(SAMPLE), default_timeout=60)
    tab.user = come_in(databases, login)
    return tab.run()


def _input(tab: AppTest, label: str) -> Any:
    return next(found for found in tab.text_input if found.label == label)


def _press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def test_a_command_writes_once_keeps_its_key_and_says_so(house: Databases) -> None:
    tab = _open(house, "admin")
    key = next(text.value for text in tab.text if text.value.startswith("key "))
    tab.text_input(key="value").input("卖家 <b>\x00")
    _press(tab, "keep")
    assert [toast.value for toast in tab.toast] == ["kept"]
    query = select(preference.c.value).where(preference.c.key == "kept")
    assert _rows(house, query) == [("卖家 <b>\ufffd",)]
    assert (key.removeprefix("key "),) in _rows(house, select(portal_command_key.c.key))
    again = next(text.value for text in tab.text if text.value.startswith("key "))
    assert again != key, "the form that is drawn next carries a key of its own"
    assert [toast.value for toast in tab.run().toast] == []


def test_the_same_form_arriving_twice_runs_once_and_quietly(house: Databases) -> None:
    tab = _open(house, "admin")
    _press(tab, "twice")
    assert not tab.exception
    assert not tab.error
    assert _rows(house, select(person.c.login).where(person.c.login == "lin")) == [("lin",)]
    assert len(_rows(house, select(invite.c.token_hash))) == 1
    result = _rows(house, select(portal_command_key.c.key).where(portal_command_key.c.key.like("twice:%")))
    assert len(result) == 1


def test_a_double_click_is_one_click_and_a_later_one_is_another(house: Databases) -> None:
    who = person_id(house, "clerk")

    def links() -> int:
        return len(_rows(house, select(invite.c.token_hash).where(invite.c.person_id == who)))

    script = f"""
import streamlit as st
from core.portal import people
from core.ui import guard, page
with guard.guarded():
    st.button("link", on_click=page.portal_command, args=(people.new_password_link, {who}),
              kwargs={{"form_key": page.form_key("link"), "done": "made"}})
"""
    tab = AppTest.from_string(script, default_timeout=60)
    tab.user = come_in(house, "admin")
    tab.run()
    _press(tab, "link")
    _press(tab, "link")
    assert links() == 1
    time.sleep(_DOUBLE_CLICK)
    _press(tab, "link")
    assert links() == 2


def test_two_quick_clicks_with_another_value_are_two(house: Databases) -> None:
    tab = _open(house, "admin")
    for value in ("first", "second", "third"):
        tab.text_input(key="value").input(value)
        _press(tab, "keep")
    assert _rows(house, select(preference.c.value).where(preference.c.key == "kept")) == [("third",)]
    keys = select(portal_command_key.c.key).where(portal_command_key.c.key.like("keep:%"))
    assert len(_rows(house, keys)) == 3


@pytest.mark.parametrize(("button", "key"), [("half", "half"), ("broken", "broken")])
def test_what_fails_writes_nothing(house: Databases, button: str, key: str) -> None:
    tab = _open(house, "admin")
    _press(tab, button)
    assert _rows(house, select(preference.c.key).where(preference.c.key == key)) == []
    assert _rows(house, select(portal_command_key.c.key).where(portal_command_key.c.key.like(f"{key}:%"))) == []
    if button == "half":
        assert [error.value.replace("\\", "") for error in tab.error] == ["A person needs a name."]
        assert not tab.exception
    else:
        assert len(tab.exception) == 1
        assert "ZeroDivisionError" not in str(tab.exception[0].value)


def test_a_refusal_is_shown_audited_and_writes_nothing(house: Databases) -> None:
    tab = _open(house, "clerk")
    _press(tab, "refused")
    assert ["people.manage" in error.value.replace("\\", "") for error in tab.error] == [True]
    assert _rows(house, select(person.c.login).where(person.c.login == "new")) == []
    last = _rows(house, select(audit.c.kind, audit.c.actor_id, audit.c.data).order_by(audit.c.id.desc()).limit(1))[0]
    assert last[:2] == ("refused", person_id(house, "clerk"))
    assert json.loads(last[2]) == {"right": "people.manage", "world": "live"}
    with reader(house.portal) as db:
        assert verify_chain(db).broken_id is None


def test_a_refused_read_shows_the_refusal_page(house: Databases) -> None:
    tab = _open(house, "clerk")
    tab.checkbox[0].check().run()
    assert "This page isn't open to you" in said(tab)
    assert not tab.exception
    kinds = [row[0] for row in _rows(house, select(audit.c.kind))]
    assert kinds[-1] == "refused"


def test_signing_out_elsewhere_ends_reads_commands_and_parts(house: Databases) -> None:
    tab = _open(house, "admin")
    assert "part for admin" in said(tab)
    shut_out(house, "admin")
    time.sleep(1.1)  # a check may be a second old inside one run, never longer
    _press(tab, "twice")
    assert "You are signed out" in said(tab)
    assert "part for admin" not in said(tab)
    assert _rows(house, select(person.c.login).where(person.c.login == "lin")) == []


def test_nobody_is_nobody(house: Databases) -> None:
    for user in ({}, {"session": ""}, {"session": "0" * 64, "person": "1"}, {"email": "admin@example.com"}):
        tab = AppTest.from_file(str(SAMPLE), default_timeout=60)
        tab.user = user
        tab.run()
        assert "You are signed out" in said(tab)
        assert not tab.button


def test_adding_somebody_on_the_page_shows_their_link_once(house: Databases) -> None:
    tab = visit(house, "admin", "admin/people")
    _input(tab, "Name").input("新人 **Bold** [x](http://evil.example)")
    _input(tab, "Sign-in name").input("admin")
    next(box for box in tab.selectbox if box.label == "Role").select_index(1)
    _press(tab, "Add and make a link")
    assert ["taken" in error.value for error in tab.error] == [True]
    assert _input(tab, "Name").value == "新人 **Bold** [x](http://evil.example)", "what was typed is kept"
    _input(tab, "Sign-in name").input("New.Person")
    _press(tab, "Add and make a link")
    assert not tab.exception and not tab.error
    assert _input(tab, "Name").value == ""
    assert [code.value.startswith("/welcome/") or "/welcome/" in code.value for code in tab.code] == [True]
    assert _rows(house, select(person.c.name, person.c.role).where(person.c.login == "new.person")) == [
        ("新人 **Bold** [x](http://evil.example)", "manager")
    ]
    token = tab.code[0].value.rpartition("/")[2]
    assert token not in str(_rows(house, select(invite)))
    _press(tab, "I have sent it")
    assert not tab.code


def test_the_audit_page_says_when_the_chain_is_broken(house: Databases) -> None:
    tab = visit(house, "admin", "admin/audit")
    assert any("The chain holds" in found.value for found in tab.success)
    with transaction(house.portal) as db:
        db.execute(audit.update().where(audit.c.id == 3).values(actor="somebody else"))
    tab.run()
    assert ["row 3" in found.value for found in tab.error] == [True]
