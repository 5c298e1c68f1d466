"""The people of the demo as takers of tests, for the tests of learning and teaching pages."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from assessments import figures
from core.context import Actor
from core.db.engines import Databases, reader
from core.db.portal_tables import person
from core.domain.rights import rights_of
from tests.assessments.conftest import Portal
from tests.assessments.tiny_world import tiny_world


def portal_of(house: Databases) -> Portal:
    """The portal that pages look at, for doing things behind their back."""
    portal = Portal(house.portal, int(time.time()))
    with reader(house.portal) as db:
        for who in db.execute(select(person)):
            rights = rights_of(who.role, who.position)
            portal.actors[who.login] = Actor(who.id, who.name, who.role, who.position, rights)
    return portal


@pytest.fixture(scope="session")
def tiny_figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Generated items read a tiny world, so that no test has to wait for a seeded one."""
    figures.use_template(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))
    yield


def press(tab: AppTest, key: str) -> AppTest:
    """Presses the button of this key, or the only one whose key begins so."""
    exact = [button for button in tab.button if button.key == key]
    (found,) = exact or [button for button in tab.button if (button.key or "").startswith(key)]
    return found.click().run()


def keys(tab: AppTest, beginning: str) -> list[str]:
    """The keys of buttons that begin so."""
    return [str(button.key) for button in tab.button if (button.key or "").startswith(beginning)]
