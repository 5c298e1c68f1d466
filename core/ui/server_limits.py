"""How much one person's browser may hold of this server: open sockets, and files in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import PlainTextResponse, Response

MOST_SOCKETS = 40  # open pages per sign-in; each holds a session in memory
MOST_FILES = 30  # uploaded files a page may hold at once
MOST_BYTES = 256 * 1024 * 1024  # and their size together; Streamlit itself limits only each file


class Sockets:
    """Counts the open sockets per sign-in."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def full(self, session_id: str) -> bool:
        """Whether this sign-in has as many open as it may."""
        return self._open[session_id] >= MOST_SOCKETS

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Counts one while it is open."""
        self._open[session_id] += 1
        try:
            yield
        finally:
            self._open[session_id] -= 1
            if not self._open[session_id]:
                del self._open[session_id]


def refuse_upload(path: str, method: str, owner_header: str, session_id: str) -> Response | None:
    """Refuses an upload into somebody else's page, and one more than a page may hold.

    Why: Streamlit takes any file for any page whose id one knows, as often as one likes, into memory.
    """
    from streamlit.runtime import get_instance

    parts = path.split("/")
    page_id = parts[3] if len(parts) > 3 else ""
    runtime = get_instance()
    client = runtime.get_client(page_id)
    owner = dict(client.client_context.headers).get(owner_header) if client and client.client_context else None
    if owner != session_id:
        return PlainTextResponse("This isn't your page.", 403)
    kept = getattr(runtime.uploaded_file_mgr, "file_storage", {}).get(page_id, {})
    held = sum(len(file.data) for file in list(kept.values()))
    if method == "PUT" and (len(kept) >= MOST_FILES or held >= MOST_BYTES):
        return PlainTextResponse("This page holds too many files already. Remove some, or reload the page.", 413)
    return None
