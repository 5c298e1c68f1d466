"""The few plain HTML pages outside Streamlit: sign in, choose a password, and what went wrong."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from core.domain.rights import POSITION_LABELS, ROLE_LABELS, Position, Role
from core.ui.i18n import LANGUAGE_NAMES, LANGUAGES, in_language, negotiate, t
from core.ui.server_static import own_url

TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("auto", "light", "dark")
ROLE_ICONS = {"administrator": "admin", "manager": "manager", "trainer": "trainer"}


class Html(str):
    """Text that is HTML already; everything else is escaped when it is put into a page."""

    __slots__ = ()


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text("utf-8"))


def fill(name: str, /, **values: object) -> Html:
    """A template with its values, escaped."""
    safe = {key: value if isinstance(value, Html) else escape(str(value)) for key, value in values.items()}
    return Html(_template(name).substitute(safe))


def language_of(request: Request) -> str:
    """The language of a visitor: what they chose here before, else what their browser asks for."""
    chosen = request.query_params.get("lang") or request.cookies.get("orderly_language")
    return chosen if chosen in LANGUAGES else negotiate(request.headers.get("accept-language"))


def theme_of(request: Request) -> str:
    """The theme of a visitor: `light`, `dark`, or `auto` for whatever their system shows."""
    chosen = request.cookies.get("orderly_theme", "auto")
    return chosen if chosen in THEMES else "auto"


def html_page(request: Request, title: str, body: Html, status: int = 200) -> HTMLResponse:
    """A whole page in the visitor's language, which is also remembered when they chose it here."""
    language = language_of(request)
    with in_language(language):
        switches = "".join(
            f'<a href="{escape(_switched(request, code))}" hreflang="{code}"'
            f"{' aria-current=true' if code == language else ''}>{escape(name)}</a>"
            for code, name in LANGUAGE_NAMES.items()
        )
        content = fill(
            "frame.html",
            language="zh-CN" if language == "zh" else "en",
            theme=theme_of(request),
            title=title,
            icon=own_url("favicon.svg"),
            logo=own_url("mark.svg"),
            style=own_url("sign_in.css"),
            claim=t("Every order in sight. Every hand trained."),
            claim_more=t(
                "Orderly shows what is happening to your orders, and lets your people learn the work on a copy "
                "that can't hurt anyone."
            ),
            point_watch=t("Watch orders, stock and promises as they move"),
            point_practise=t("Practise on the real desk, in a world of your own"),
            point_measure=t("Measure what was learned, before and after"),
            language_label=t("Language"),
            switches=Html(switches),
            body=body,
        )
    answer = HTMLResponse(content, status, headers={"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") in LANGUAGES:
        remember(answer, "orderly_language", language, request)
    return answer


def remember(answer: Response, name: str, value: str, request: Request) -> None:
    """Keeps a visitor's harmless choice (language, theme) in a cookie for a year."""
    answer.set_cookie(
        name, value, max_age=31_536_000, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _switched(request: Request, code: str) -> str:
    target = request.query_params.get("next")
    return f"?lang={code}" + (f"&next={quote(target, safe='')}" if target else "")


def password_form(next_path: str, login: str, problem: str) -> Html:
    """The form for name and password."""
    return fill(
        "sign_in.html",
        heading=t("Sign in"),
        problem=problem_note(problem),
        next=next_path,
        login=login,
        login_label=t("Sign-in name"),
        password_label=t("Password"),
        button=t("Sign in"),
        help=t("No password yet, or forgotten? An administrator sends you a link to choose a new one."),
    )


def demo_doors(next_path: str, people: list[tuple[str, str, str, str | None]], problem: str) -> Html:
    """One button per demo person."""
    doors = "".join(
        fill(
            "door.html",
            login=login,
            name=name,
            what=what_somebody_is(role, position),
            next=next_path,
            role=role,
            initial=name[:1],
            aria=t("Sign in as {name}", name=name),
        )
        for login, name, role, position in people
    )
    return fill(
        "demo.html",
        heading=t("Come in as …"),
        note=t("Demo mode: no password needed, invented data, this machine only."),
        problem=problem_note(problem),
        doors=Html(doors),
    )


def what_somebody_is(role: str, position: str | None) -> str:
    """A person's role, or an employee's position, in words."""
    return t(POSITION_LABELS[Position(position)]) if position else t(ROLE_LABELS[Role(role)])


def link_form(kind: str, login: str, name: str, problem: str) -> Html:
    """The form behind a one-time link: choose a password, and for the first administrator also a name."""
    first = kind == "administrator"
    fields = (
        fill(
            "fields_first.html",
            name=name,
            login=login,
            name_label=t("Your name"),
            login_label=t("Sign-in name"),
            login_help=t("Letters, digits, dots and dashes"),
        )
        if first
        else fill("fields_known.html", login=login, greeting=t("For {name}", name=name))
    )
    return fill(
        "welcome.html",
        heading=t("Set up Orderly") if first else t("Choose a password"),
        lead=t("You are the first administrator. This link works once.")
        if first
        else t("This link works once. Afterwards you sign in with this password."),
        problem=problem_note(problem),
        fields=fields,
        password_label=t("Password"),
        again_label=t("Password again"),
        rule=t("At least 12 characters. Four unrelated words are easy to remember and hard to guess."),
        button=t("Create administrator") if first else t("Save and sign in"),
    )


def change_form(login: str, problem: str) -> Html:
    """The form with which somebody changes their own password."""
    return fill(
        "password.html",
        heading=t("Change password"),
        lead=t("Wherever else you are signed in, you will be signed out."),
        problem=problem_note(problem),
        login=login,
        current_label=t("Password until now"),
        password_label=t("New password"),
        again_label=t("New password again"),
        rule=t("At least 12 characters. Four unrelated words are easy to remember and hard to guess."),
        button=t("Change password"),
        back=t("Back without changing"),
    )


def notice(heading: str, text: str, href: str, label: str) -> Html:
    """A short message with the one thing to do next."""
    return fill("notice.html", heading=heading, text=text, href=href, label=label)


def problem_note(text: str) -> Html:
    """A complaint above a form; nothing where there is none."""
    return Html(f'<p class="problem" role="alert">{escape(text)}</p>') if text else Html("")
