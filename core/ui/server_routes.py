"""The routes beside Streamlit: signing in and out, one-time links, preferences, our files, the index page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.context import Context, World
from core.db.engines import reader, run
from core.domain.errors import RuleViolation
from core.portal import sign_in
from core.portal.people import actor_of, get_person
from core.portal.preferences import preferences_of, set_preference
from core.portal.sign_in import Visitor
from core.security.passwords import check_password_strength, hash_password
from core.security.sessions import SignedIn, find_session
from core.ui.databases import databases, wall_clock
from core.ui.i18n import LANGUAGES, in_language, mark, t, translate_error
from core.ui.server_certificates import CERTIFICATE_ROUTES
from core.ui.server_gate import safe_next, same_origin
from core.ui.server_html import (
    THEMES,
    Html,
    change_form,
    demo_doors,
    html_page,
    language_of,
    link_form,
    notice,
    password_form,
    remember,
    theme_of,
)
from core.ui.server_static import index_page, own_files
from core.ui.settings import settings
from core.ui.site import SITE

FORM_LIMIT = 16_384  # bytes; the largest of our forms needs a tenth of it
_HASHING = asyncio.Semaphore(3)  # argon2 takes 64 MB each time; a flood of sign-ins must wait, not fill the memory

T = TypeVar("T")


async def sign_in_page(request: Request) -> Response:
    """The sign-in page; somebody signed in already is sent on."""
    next_path = safe_next(request.query_params.get("next"))
    if _signed_in(request):
        return RedirectResponse(next_path, 303)
    return await _sign_in_form(request, next_path)


async def sign_in_post(request: Request) -> Response:
    """Signs in with name and password, or through a demo door, and sets the cookie."""
    fields = await _fields(request)
    if fields is None:
        return _not_from_here(request)
    next_path = safe_next(fields.get("next"))
    visitor = _visitor(request)
    if settings().demo and "person" in fields:
        login = fields["person"]
        token = await _write(lambda db: sign_in.enter_demo(db, login, wall_clock(), visitor))
        if token is None:
            return await _sign_in_form(request, next_path, problem=mark("There is no such demo person."), status=400)
        return _come_in(next_path, token)
    login, password = fields.get("login", "")[:200], fields.get("password", "")
    claimed = await _write(lambda db: sign_in.claim(db, login, wall_clock(), visitor))
    if claimed.wait_seconds:
        answer = await _sign_in_form(
            request,
            next_path,
            login,
            mark("Too many wrong passwords. Wait {n} seconds and try again."),
            429,
            n=claimed.wait_seconds,
        )
        answer.headers["Retry-After"] = str(claimed.wait_seconds)
        return answer
    async with _HASHING:
        fits = await run_in_threadpool(sign_in.fits, claimed, password)
    token = None
    if fits:
        token = await _write(lambda db: sign_in.admit(db, claimed, login, password, wall_clock(), visitor))
    if token is None:
        await _write(lambda db: sign_in.refuse(db, login, wall_clock(), visitor))
        return await _sign_in_form(request, next_path, login, mark("Name and password don't fit together."), 401)
    return _come_in(next_path, token)


async def sign_out(request: Request) -> Response:
    """Ends the session and drops the cookie."""
    if await _fields(request) is None:
        return _not_from_here(request)
    who = _signed_in(request)
    if who:
        visitor = _visitor(request)
        await _write(lambda db: sign_in.sign_out(db, who.id, who.person_id, who.name, wall_clock(), visitor))
    answer = RedirectResponse("/sign-in", 303, headers={"Clear-Site-Data": '"storage"'})
    answer.delete_cookie(settings().cookie, secure=not settings().demo, httponly=True, samesite="lax")
    return answer


async def preferences(request: Request) -> Response:
    """Keeps language and theme: in a cookie for the plain pages, and with the person when signed in."""
    fields = await _fields(request)
    if fields is None:
        return _not_from_here(request)
    back = urlsplit(request.headers.get("referer", ""))
    target = fields.get("next") or (back.path if back.netloc == request.headers.get("host") else "/")
    answer = RedirectResponse(safe_next(target), 303)
    chosen = {
        key: fields[key] for key, allowed in (("language", LANGUAGES), ("theme", THEMES)) if fields.get(key) in allowed
    }
    for key, value in chosen.items():
        remember(answer, f"orderly_{key}", value, request)
    who = _signed_in(request)
    if who and chosen:
        await _write(lambda db: _keep(db, who, chosen))
    return answer


async def welcome_page(request: Request) -> Response:
    """What a one-time link opens: the form, without using the link up."""
    return await _welcome(request)


async def welcome_post(request: Request) -> Response:
    """Uses a one-time link up: the password is set, and its owner is signed in."""
    fields = await _fields(request)
    if fields is None:
        return _not_from_here(request)
    token, now, visitor = request.path_params["token"], wall_clock(), _visitor(request)
    link = await _read(lambda db: sign_in.find_link(db, token, now))
    if link is None:
        return await _welcome(request)
    login = fields.get("login", "") if link.kind == "administrator" else link.login
    name = fields.get("name", "") if link.kind == "administrator" else link.name
    password = fields.get("password", "")
    try:
        if password != fields.get("again"):
            raise RuleViolation("The two passwords are not the same.")
        check_password_strength(password, login, name)
        async with _HASHING:
            hashed = await run_in_threadpool(hash_password, password)
        cookie = await _write(
            lambda db: sign_in.redeem_link(
                db, token, login=login, name=name, password=password, password_hash=hashed, now=now, visitor=visitor
            )
        )
    except RuleViolation as problem:
        with in_language(language_of(request)):
            return await _welcome(request, translate_error(problem), login, name)
    return _come_in("/", cookie)


async def password_page(request: Request) -> Response:
    """The form with which somebody who is signed in changes their own password."""
    return _password_form(request)


async def password_post(request: Request) -> Response:
    """Changes a person's own password, once they have proved the old one; wrong ones are held back as at the door."""
    fields, who = await _fields(request), _signed_in(request)
    if fields is None or who is None:
        return _not_from_here(request)
    now, visitor, new = wall_clock(), _visitor(request), fields.get("password", "")
    claimed = await _write(lambda db: sign_in.claim(db, who.login, now, visitor))
    if claimed.wait_seconds:
        wait = mark("Too many wrong passwords. Wait {n} seconds and try again.")
        return _password_form(request, RuleViolation(wait, n=claimed.wait_seconds), 429)
    try:
        async with _HASHING:
            fits = await run_in_threadpool(sign_in.fits, claimed, fields.get("current", ""))
        if not fits:
            await _write(lambda db: sign_in.refuse(db, who.login, now, visitor))
            raise RuleViolation("The password until now is another one.")
        if new != fields.get("again"):
            raise RuleViolation("The two passwords are not the same.")
        if new == fields.get("current"):
            raise RuleViolation("The new password is the old one.")
        check_password_strength(new, who.login, who.name)
        async with _HASHING:
            hashed = await run_in_threadpool(hash_password, new)
        await _write(lambda db: sign_in.change_password(db, claimed, who.login, who.id, hashed, now, visitor))
    except RuleViolation as problem:
        return _password_form(request, problem, 422)
    with in_language(language_of(request)):
        text = t("From now on you sign in with it. Everywhere else you were signed out.")
        return html_page(request, t("Password changed"), notice(t("Password changed"), text, "/", t("Back to Orderly")))


async def index(request: Request) -> Response:
    """Streamlit's index page, dressed as Orderly's, in the person's language and theme."""
    name = request.path_params.get("page", "")
    if name == SITE[0].name:  # the first page stands at the root, and Streamlit knows it by no other address
        return RedirectResponse("/", 303)
    if "." in name:
        return PlainTextResponse("Not found", 404)
    language, theme = language_of(request), theme_of(request)
    who = _signed_in(request)
    if who:
        chosen = await _read(lambda db: preferences_of(_portal_context(db, who)))
        language, theme = _or(chosen.get("language"), language), _or(chosen.get("theme"), theme)
    page = index_page(language, theme)
    return Response(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


async def own_file(request: Request) -> Response:
    """One of our own files."""
    return own_files().respond(request.path_params["name"], request.headers.get("accept-encoding", ""))


async def favicon(request: Request) -> Response:
    """The icon, for browsers that ask for it by its old name."""
    return own_files().respond("favicon.svg", request.headers.get("accept-encoding", ""), "max-age=86400")


async def health(_request: Request) -> Response:
    """Whether the server answers and its database can be read."""
    now = wall_clock()
    await _read(lambda db: find_session(db, "", now))
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


ROUTES = (
    Route("/", index, methods=["GET"]),
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in_post, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/preferences", preferences, methods=["POST"]),
    Route("/welcome/{token}", welcome_page, methods=["GET"]),
    Route("/welcome/{token}", welcome_post, methods=["POST"]),
    Route("/password", password_page, methods=["GET"]),
    Route("/password", password_post, methods=["POST"]),
    Route("/healthz", health, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
    Route("/orderly/{name}", own_file, methods=["GET"]),
    *CERTIFICATE_ROUTES,
    Route("/{page}", index, methods=["GET"]),
)


def _signed_in(request: Request) -> SignedIn | None:
    found: SignedIn | None = request.scope.get("state", {}).get("signed_in")
    if found is None:  # the gate looks at every request, also at the public ones
        return None
    return found


async def _fields(request: Request) -> dict[str, str] | None:
    """The fields of a form of ours; None when it was sent by another site or is far too big."""
    if not same_origin(request.headers):
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            return None
    pairs = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[0] for name, values in pairs.items()}


async def _sign_in_form(
    request: Request, next_path: str, login: str = "", problem: str = "", status: int = 200, **params: object
) -> Response:
    with in_language(language_of(request)):
        said = t(problem, **params) if problem else ""
        if settings().demo:
            body = demo_doors(next_path, await _read(sign_in.demo_people_in), said)
        else:
            body = password_form(next_path, login, said)
        return html_page(request, t("Sign in"), body, status)


async def _welcome(request: Request, problem: str = "", login: str = "", name: str = "") -> Response:
    token, now = request.path_params["token"], wall_clock()
    link = await _read(lambda db: sign_in.find_link(db, token, now))
    with in_language(language_of(request)):
        if link is None:
            text = t("It has been used already, or it is too old. An administrator can make a new one.")
            body = notice(t("This link no longer works"), text, "/sign-in", t("To the sign-in page"))
            return html_page(request, t("This link no longer works"), body, 410)
        body = link_form(link.kind, login or link.login, name or link.name, problem)
        return html_page(request, t("Choose a password"), body, 422 if problem else 200)


def _password_form(request: Request, problem: RuleViolation | None = None, status: int = 200) -> Response:
    who = _signed_in(request)
    with in_language(language_of(request)):
        if settings().demo or who is None:
            text = t("The demo's people come in without a password.")
            body = notice(t("Nothing to change"), text, "/", t("Back to Orderly"))
            return html_page(request, t("Nothing to change"), body, 404)
        said = translate_error(problem) if problem else ""
        return html_page(request, t("Change password"), change_form(who.login, said), status)


def _come_in(next_path: str, token: str) -> Response:
    answer = RedirectResponse(next_path, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(settings().cookie, token, httponly=True, secure=not settings().demo, samesite="lax", path="/")
    return answer


def _not_from_here(request: Request) -> Response:
    with in_language(language_of(request)):
        text = t("For your safety, forms are only taken from Orderly's own pages. Open the page again.")
        body: Html = notice(t("This form came from elsewhere"), text, "/sign-in", t("To the sign-in page"))
        return html_page(request, t("This form came from elsewhere"), body, 403)


def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    return Visitor(address, request.headers.get("user-agent", "")[:300])


def _portal_context(db: Connection, who: SignedIn) -> Context:
    from core.context import ENGINE

    ctx = Context(db, ENGINE, wall_clock(), World("portal", "portal"))
    return ctx.by(actor_of(get_person(ctx, who.person_id)))


def _keep(db: Connection, who: SignedIn, chosen: dict[str, str]) -> None:
    ctx = _portal_context(db, who)
    for key, value in chosen.items():
        set_preference(ctx, key, value)


def _or(value: str | None, otherwise: str) -> str:
    return value if value and (value in LANGUAGES or value in THEMES) and value != "auto" else otherwise


async def _write(work: Callable[[Connection], T]) -> T:
    return await run_in_threadpool(run, databases().portal, work)


async def _read(work: Callable[[Connection], T]) -> T:
    def reading() -> T:
        with reader(databases().portal) as db:
            return work(db)

    return await run_in_threadpool(reading)
