"""What holds for every page of the site: who may see it sees it in both languages, and nobody else does."""

from __future__ import annotations

import re

import pytest

from core.db.engines import Databases
from core.domain.rights import rights_of
from core.portal.people import DEMO_PEOPLE
from core.ui.i18n import in_language, t
from core.ui.site import PAGES_DIR, SECTION_LABELS, SITE, page_named, pages_for
from tests.visits import said, visit

PEOPLE = {who.login: rights_of(who.role, who.position) for who in DEMO_PEOPLE}
PAGES = [page.file.removesuffix(".py") for page in SITE]


def _may(login: str, page: str) -> bool:
    wanted = next(found for found in SITE if found.file == f"{page}.py").rights
    return not wanted or bool(PEOPLE[login] & set(wanted))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("login", list(PEOPLE))
def test_a_page_opens_for_who_may_see_it_and_for_nobody_else(
    house: Databases, login: str, page: str, language: str
) -> None:
    if not _may(login, page):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            visit(house, login, page, language=language)
        return
    tab = visit(house, login, page, language=language)
    assert not tab.exception
    assert tab.title or tab.subheader or tab.info or tab.warning or tab.markdown
    with in_language(language):
        assert t("Something went wrong") not in said(tab)
        assert t("This page isn't open to you") not in said(tab)
        assert t("You are signed out") not in said(tab)


@pytest.mark.parametrize("page", PAGES)
def test_a_chinese_page_is_chinese(house: Databases, page: str) -> None:
    login = next(login for login in PEOPLE if _may(login, page))
    tab = visit(house, login, page, language="zh")
    labels = [widget.label for kind in ("button", "selectbox", "text_input", "multiselect", "radio", "checkbox")
              for widget in getattr(tab, kind)]  # fmt: skip
    english = [label for label in labels if label and not re.search(r"[\u4e00-\u9fff]|^[\W\d]+$", label)]
    assert english == []


def test_the_site_map_and_the_folder_are_one() -> None:
    assert sorted(page.file for page in SITE) == sorted(
        path.relative_to(PAGES_DIR).as_posix() for path in PAGES_DIR.glob("*/*.py") if path.name != "__init__.py"
    )
    names = [page.name for page in SITE]
    assert sorted(names) == sorted(set(names)), "file names are addresses and must be unique"
    assert {page.section for page in SITE} <= set(SECTION_LABELS)
    assert page_named("people").file == "admin/people.py"


def test_every_page_is_for_somebody_and_every_person_has_a_menu() -> None:
    for page in SITE:
        assert any(_may(login, page.file.removesuffix(".py")) for login in PEOPLE), page.file
    from core.context import Actor

    for login, rights in PEOPLE.items():
        actor = Actor(1, login, "employee", None, rights)
        listed = [page for page in pages_for(actor) if page.listed]
        assert len(listed) >= 2, login
        practice = set(pages_for(actor, in_practice=True))
        assert all(page.practice or page.section == "learn" for page in practice)
