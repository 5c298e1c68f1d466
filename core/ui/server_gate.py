"""The gate before everything: who has no valid sign-in gets the sign-in page and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.db.engines import reader, transaction
from core.security.sessions import TOUCH_EVERY, SignedIn, find_session, touch_session
from core.security.tokens import token_hash
from core.ui.databases import databases, wall_clock
from core.ui.server_bucket import throttled
from core.ui.server_limits import Sockets, refuse_upload
from core.ui.server_static import content_security_policy, streamlit_files
from core.ui.settings import is_loopback, settings

SESSION_HEADER, PERSON_HEADER = "x-orderly-session", "x-orderly-person"
_PUBLIC = frozenset(
    {"/sign-in", "/sign-out", "/preferences", "/certificate", "/_stcore/health", "/healthz", "/favicon.ico"}
)
_STREAMLIT_FOLDERS = frozenset({"_stcore", "media", "component", "static"})
_PUBLIC_FOLDERS = ("/orderly/", "/welcome/", "/certificate/", "/badges/")
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class Gate:
    """ASGI middleware: checks the host, the origin and the sign-in, and says who it is to what lies behind."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._touched: dict[str, float] = {}
        self._sockets = Sockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        send = _secured(send, scope)
        refusal = _wrong_host(scope)
        if refusal is None and scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            refusal = "This connection comes from another site."
        if refusal:
            await _refuse(scope, receive, send, PlainTextResponse(refusal, 403))
            return
        scope = _without_identity(scope)
        signed_in = await self._who(scope)
        if signed_in is None:
            if _is_public(scope):
                await self.app(scope, receive, send)
            else:
                await _refuse(scope, receive, send, _to_sign_in(scope))
            return
        scope["headers"] += [
            (SESSION_HEADER.encode(), signed_in.id.encode()),
            (PERSON_HEADER.encode(), str(signed_in.person_id).encode()),
        ]
        scope.setdefault("state", {})["signed_in"] = signed_in
        if scope["type"] == "websocket":
            await self._open_socket(signed_in, scope, receive, send)
        elif scope["path"].startswith("/static/") and scope["method"] in {"GET", "HEAD"}:
            accepted = Headers(scope=scope).get("accept-encoding", "")
            name = scope["path"].removeprefix("/static/")
            answer = await run_in_threadpool(streamlit_files().respond, name, accepted)
            await answer(scope, receive, send)
        elif refused := _not_theirs(scope, signed_in):
            await refused(scope, receive, send)
        else:
            await self._touch(signed_in)
            await self.app(scope, receive, send)

    async def _open_socket(self, signed_in: SignedIn, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sockets.full(signed_in.id):
            await _refuse(scope, receive, send, PlainTextResponse("Too many open pages.", 429))
            return
        with self._sockets.held(signed_in.id):
            await self.app(scope, throttled(receive, lambda data: self._note(signed_in, data)), send)

    async def _who(self, scope: Scope) -> SignedIn | None:
        token = HTTPConnection(scope).cookies.get(settings().cookie)
        if not token or len(token) > 200:
            return None
        return await run_in_threadpool(_find, token_hash(token))

    def _note(self, signed_in: SignedIn, data: bytes) -> None:
        """Somebody sent a message: a click counts as being there, a page that refreshes itself doesn't."""
        if time.monotonic() - self._touched.get(signed_in.id, -1e9) < TOUCH_EVERY or is_by_itself(data):
            return
        import asyncio

        task = asyncio.get_running_loop().create_task(self._touch(signed_in))
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)

    async def _touch(self, signed_in: SignedIn) -> None:
        now = time.monotonic()
        if now - self._touched.get(signed_in.id, -1e9) < TOUCH_EVERY:
            return
        if len(self._touched) > 20_000:
            self._touched = {key: at for key, at in self._touched.items() if now - at < TOUCH_EVERY}
        self._touched[signed_in.id] = now
        await run_in_threadpool(_touch_now, signed_in.id)


_TASKS: set[object] = set()


def is_by_itself(data: bytes) -> bool:
    """Whether a message from the browser is a page refreshing itself, or no run at all."""
    from google.protobuf.message import DecodeError
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return True
    return message.WhichOneof("type") != "rerun_script" or message.rerun_script.is_auto_rerun


def same_origin(headers: Headers) -> bool:
    """Whether a request that changes something, or a socket, comes from a page of ours.

    Why: our pages send no referrer, and then browsers put `Origin: null` on their forms; Sec-Fetch-Site, which no
    page can forge, says it instead. A socket always carries its Origin.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site not in {None, "same-origin"}:
        return False
    if origin in {None, "null"}:
        return site == "same-origin"
    return origin == settings().origin or urlsplit(origin).netloc == headers.get("host", "")


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path of ours, or the start."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\", "/sign-", "/welcome/")):
        return "/"
    if any(ord(char) < 33 or char == "\\" or ord(char) == 127 for char in target) or len(target) > 2000:
        return "/"
    return target


def _find(session_id: str) -> SignedIn | None:
    with reader(databases().portal) as db:
        return find_session(db, session_id, wall_clock())


def _touch_now(session_id: str) -> None:
    with transaction(databases().portal) as db:
        touch_session(db, session_id, wall_clock())


def _wrong_host(scope: Scope) -> str | None:
    """In demo mode, why a request is refused that doesn't come from and ask for this machine.

    Why: without passwords, any web page could otherwise sign in through a name of its own that points to 127.0.0.1.
    """
    if not settings().demo:
        return None
    server = scope.get("server")
    if server and not is_loopback(server[0]) and server[0] != "testserver":
        return "Orderly's demo mode only answers on this machine."
    host = Headers(scope=scope).get("host")
    return None if is_loopback(host) else "Orderly's demo mode only answers to 127.0.0.1 and localhost."


def _not_theirs(scope: Scope, signed_in: SignedIn) -> Response | None:
    """Refuses an upload into somebody else's page, and addresses that no page of ours has."""
    parts = scope["path"].split("/")
    if scope["path"].startswith("/_stcore/upload_file/"):
        return refuse_upload(scope["path"], scope["method"], SESSION_HEADER, signed_in.id)
    if len(parts) > 2 and parts[1] not in _STREAMLIT_FOLDERS | {"welcome", "orderly"}:
        return PlainTextResponse("Not found", 404)
    return None


def _without_identity(scope: Scope) -> Scope:
    """The request without any header in which a client could claim to be somebody."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if not name.lower().replace(b"_", b"-").startswith(b"x-orderly-")
    ]
    return {**scope, "headers": kept}


def _is_public(scope: Scope) -> bool:
    path: str = scope["path"]
    in_folder = path.startswith(_PUBLIC_FOLDERS) and path.count("/") == 2
    return scope["type"] == "http" and (path in _PUBLIC or in_folder)


def _to_sign_in(scope: Scope) -> Response:
    headers = Headers(scope=scope)
    wants_page = headers.get("sec-fetch-mode", "navigate") == "navigate" and "text/html" in headers.get("accept", "")
    if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and wants_page:
        query = scope.get("query_string", b"").decode("latin-1")
        target = safe_next(scope["path"] + (f"?{query}" if query else ""))
        where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='')}"
        return RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("Sign in first.", 401, headers={"Cache-Control": "no-store"})


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    """Answers a request that may not pass; a socket is refused before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await answer(scope, receive, send)


def _secured(send: Send, scope: Scope) -> Send:
    """A `send` that puts the security headers on every answer."""
    if scope["type"] != "http":
        return send
    wanted: Iterable[tuple[str, str]] = (
        ("Content-Security-Policy", content_security_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", _PERMISSIONS),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in wanted:
                headers[name] = value
            if scope.get("scheme") == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
            if "cache-control" not in headers:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return secured
