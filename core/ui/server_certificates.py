"""The public side of certificates: a page that checks a code, and the Open Badge behind it, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.db.engines import reader
from core.portal.certificates import Certificate, certificate_by_code, certificate_of_test, spelled
from core.ui.databases import databases
from core.ui.i18n import format_instant, format_rate, in_language, t
from core.ui.server_html import Html, fill, html_page, language_of, problem_note
from core.ui.server_static import own_url
from core.ui.settings import settings

# Source: 1EdTech, Open Badges 2.0 (hosted verification).
_CONTEXT = "https://w3id.org/openbadges/v2"


def certificate_address(code: str, base: str = "") -> str:
    """Where a certificate can be checked. `base` is where this server is reached when no origin is set."""
    return f"{settings().origin or base.rstrip('/')}/certificate/{spelled(code)}"


async def check_form(request: Request) -> Response:
    """A field for the code, or the page of the code that was typed into it."""
    typed = request.query_params.get("code", "").strip()[:64]
    if typed:
        return RedirectResponse(f"/certificate/{''.join(c for c in typed if c.isalnum() or c == '-') or '-'}", 303)
    with in_language(language_of(request)):
        return html_page(request, t("Check a certificate"), _form(""))


async def check_page(request: Request) -> Response:
    """What a certificate says: whose it is, of what, since when, and whether it still holds."""
    found = await _find(request)
    with in_language(language_of(request)):
        if found is None:
            problem = t(
                "There is no certificate with this code. Compare it letter by letter; there is no 0, 1, I, L or O."
            )
            return html_page(request, t("Check a certificate"), _form(problem), 404)
        valid = found.revoked_at is None
        title = found.title_zh if language_of(request) == "zh" else found.title_en
        rows = [
            (t("Name"), found.name),
            (t("Passed"), title),
            (t("Score"), t("{score} of the marks, {wanted} was needed", score=format_rate(found.score, 0),
                           wanted=format_rate(found.pass_rate, 0))),
            (t("Issued at"), format_instant(found.issued_at)),
            (t("Code"), spelled(found.code)),
        ]  # fmt: skip
        if found.revoked_at is not None:
            rows.append((t("Taken back"), f"{format_instant(found.revoked_at)} · {found.revoked_reason}"))
        body = fill(
            "certificate.html",
            heading=t("This certificate is valid") if valid else t("This certificate was taken back"),
            state="good" if valid else "bad",
            rows=Html("".join(fill("certificate_row.html", name=name, value=value) for name, value in rows)),
            badge=f"/certificate/{spelled(found.code)}.json",
            badge_label=t("Open Badge (JSON)"),
            another=t("Check another certificate"),
        )
        return html_page(request, t("Certificate"), body)


async def assertion(request: Request) -> Response:
    """The badge of one certificate, as a hosted Open Badges 2.0 assertion; 410 once it was taken back."""
    found = await _find(request)
    if found is None:
        return JSONResponse({"error": "no such badge"}, 404)
    base = _base(request)
    page = certificate_address(found.code, base)
    body: dict[str, Any] = {
        "@context": _CONTEXT,
        "type": "Assertion",
        "id": f"{page}.json",
    }
    if found.revoked_at is not None:
        return JSONResponse({**body, "revoked": True, "revocationReason": found.revoked_reason}, 410)
    body |= {
        # There are no e-mail addresses here; whoever holds the certificate's page is who it was issued to.
        "recipient": {"type": "url", "hashed": False, "identity": page},
        "badge": f"{base}/badges/{found.test}.json",
        "verification": {"type": "hosted"},
        "issuedOn": datetime.fromtimestamp(found.issued_at, UTC).isoformat(),
        "evidence": page,
    }
    return JSONResponse(body)


async def badge_class(request: Request) -> Response:
    """What the badge of a test stands for."""
    test = request.path_params["test"]
    found = await run_in_threadpool(_read, lambda db: certificate_of_test(db, test))
    if found is None:
        return JSONResponse({"error": "no such badge"}, 404)
    base = _base(request)
    return JSONResponse(
        {
            "@context": _CONTEXT,
            "type": "BadgeClass",
            "id": f"{base}/badges/{found.test}.json",
            "name": f"{found.title_en} / {found.title_zh}",
            "description": f"Passed the Orderly test “{found.title_en}”. 通过了 Orderly 的“{found.title_zh}”测试。",
            "image": f"{base}{own_url('mark.svg')}",
            "criteria": {"narrative": "Reach the test's pass mark, which judges set item by item (Angoff)."},
            "issuer": f"{base}/badges/issuer.json",
        }
    )


async def issuer(request: Request) -> Response:
    """Who issues the badges: this installation, with the address of whoever answers for it."""
    base, contact = _base(request), settings().contact
    body = {"@context": _CONTEXT, "type": "Issuer", "id": f"{base}/badges/issuer.json", "name": "Orderly", "url": base}
    return JSONResponse({**body, "email": contact} if contact else body)


CERTIFICATE_ROUTES = (
    Route("/certificate", check_form, methods=["GET"]),
    Route("/certificate/{code}.json", assertion, methods=["GET"]),
    Route("/certificate/{code}", check_page, methods=["GET"]),
    Route("/badges/issuer.json", issuer, methods=["GET"]),
    Route("/badges/{test}.json", badge_class, methods=["GET"]),
)


async def _find(request: Request) -> Certificate | None:
    code = request.path_params["code"]
    found: Certificate | None = await run_in_threadpool(_read, lambda db: certificate_by_code(db, code))
    return found


def _read(work: Any) -> Any:
    with reader(databases().portal) as db:
        return work(db)


def _base(request: Request) -> str:
    return settings().origin or str(request.base_url).rstrip("/")


def _form(problem: str) -> Html:
    return fill(
        "certificate_form.html",
        heading=t("Check a certificate"),
        problem=problem_note(problem),
        label=t("The code on the certificate"),
        button=t("Check this code"),
    )
