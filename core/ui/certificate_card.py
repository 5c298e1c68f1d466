"""The certificate of a passed test on a page: asked for, downloaded, and shown to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.context import Context
from core.documents.certificate import certificate_pdf
from core.documents.voice import Voice
from core.domain.certificate_paper import CertificatePaper
from core.portal.certificates import Certificate, certificate_of, revoke_certificate, spelled
from core.ui import page
from core.ui.i18n import format_rate, in_language, t
from core.ui.safe import safe
from core.ui.server_certificates import certificate_address
from core.ui.voices import voice


def _pdf(ctx: Context, attempt_id: int, address: str, speaks: Voice) -> bytes:
    # It is made when somebody asks for it, by a thread that nobody has told a language.
    found = certificate_of(ctx, attempt_id)
    assert found is not None
    with in_language(speaks.language):
        paper = CertificatePaper(
            name=found.name,
            title_en=found.title_en,
            title_zh=found.title_zh,
            score=format_rate(found.score, 0),
            pass_rate=format_rate(found.pass_rate, 0),
            issued_at=found.issued_at,
            timezone=ctx.world.timezone,
            code=spelled(found.code),
            address=address,
        )
        return certificate_pdf(paper, speaks)


def draw_certificate(found: Certificate | None, attempt_id: int, issue: Callable[..., Any]) -> None:
    """The certificate of an attempt, or the button that issues it."""
    with st.container(border=True, key="certificate", gap="small"):
        st.markdown(f":material/workspace_premium: **{safe(t('Certificate'))}**")
        if found is None:
            st.button(
                t("Get your certificate"),
                key="get-certificate",
                type="primary",
                on_click=page.portal_command,
                args=(issue, attempt_id),
                kwargs={"form_key": page.form_key(f"certificate-{attempt_id}")},
            )
        elif found.revoked_at is not None:
            st.warning(safe(t("This certificate was taken back: {reason}", reason=found.revoked_reason)))
        else:
            _draw_valid(found)
            if page.portal_actor().may("attempts.mark") and found.person_id != page.person().person_id:
                _draw_taking_back(found)


def _draw_taking_back(found: Certificate) -> None:
    """The way to take somebody's certificate back, as when somebody else has sat their test."""
    key = f"take-back-{found.id}"
    with st.popover(t("Take this certificate back"), icon=":material/cancel:", key=f"open-{key}"):
        st.caption(t("Whoever checks its code reads from then on that it was taken back, and why."))
        st.text_area(t("Reason"), max_chars=500, key=f"{key}-reason")
        st.button(
            t("Take it back for good"),
            type="primary",
            key=f"{key}-go",
            on_click=page.portal_command,
            args=(revoke_certificate, found.id, page.field(f"{key}-reason", "")),
            kwargs={"form_key": page.form_key(key), "done": t("The certificate is taken back.")},
        )


def _draw_valid(found: Certificate) -> None:
    address = certificate_address(found.code, "/".join(str(st.context.url or "").split("/")[:3]))
    st.caption(safe(t("Anybody can check it with the code {code}.", code=spelled(found.code))))
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("Download (PDF)"),
            data=page.reading(_pdf, found.attempt_id, address, voice(), portal=True),
            file_name=f"certificate-{spelled(found.code)}.pdf",
            mime="application/pdf",
            icon=":material/download:",
            on_click="ignore",
            key="certificate-pdf",
        )
        st.link_button(t("The page that checks it"), address, icon=":material/verified:")
