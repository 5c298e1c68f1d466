"""The certificate, A4 across: who passed what, and where anybody can check that it is real."""

from __future__ import annotations

from core.documents.sheet import A4, Sheet
from core.documents.voice import Voice
from core.domain.certificate_paper import CertificatePaper

_ACROSS = (A4[1], A4[0])
_LEFT, _WIDTH = 30.0, A4[1] - 60.0


def certificate_pdf(paper: CertificatePaper, voice: Voice) -> bytes:
    """One page, in the reader's language."""
    sheet = Sheet(f"{voice.t('Certificate')} {paper.code}")
    sheet.page(_ACROSS)
    sheet.box(10, 10, _ACROSS[0] - 20, _ACROSS[1] - 20, 0.8)
    sheet.box(12.5, 12.5, _ACROSS[0] - 25, _ACROSS[1] - 25, 0.2)
    sheet.centred(_LEFT, 28, "Orderly", 16, width=_WIDTH, bold=True)
    sheet.centred(_LEFT, 42, voice.t("Certificate"), 36, width=_WIDTH, bold=True)
    sheet.centred(_LEFT, 66, voice.t("This is to certify that"), 13, width=_WIDTH)
    sheet.centred(_LEFT, 76, paper.name, 30, width=_WIDTH, bold=True)
    sheet.rule(93, 90, _ACROSS[0] - 90, 0.3)
    sheet.centred(_LEFT, 98, voice.t("has passed the test"), 13, width=_WIDTH)
    sheet.centred(_LEFT, 108, voice.either(paper.title_en, paper.title_zh), 24, width=_WIDTH, bold=True)
    said = voice.t("with {score} of the marks; {wanted} was needed", score=paper.score, wanted=paper.pass_rate)
    sheet.centred(_LEFT, 124, said, 12, width=_WIDTH)
    sheet.centred(_LEFT, 133, voice.instant(paper.issued_at, paper.timezone), 12, width=_WIDTH)
    sheet.qr(_LEFT, 152, paper.address, size=34)
    sheet.text(_LEFT + 40, 158, voice.t("Check it with this code:"), 10)
    sheet.text(_LEFT + 40, 165, paper.code, 16, bold=True)
    sheet.lines(_LEFT + 40, 174, paper.address, 9, width=_WIDTH - 45, most=2)
    return sheet.finished()
