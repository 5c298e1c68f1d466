"""The certificate on paper: everything it says, and a code that a telephone reads."""

from __future__ import annotations

from core.documents.certificate import certificate_pdf
from core.documents.voice import Voice
from core.domain.certificate_paper import CertificatePaper
from tests.documents.printed import embedded_fonts, pages, scanned

PAPER = CertificatePaper(
    name="陈晓 Chen Xiao",
    title_en="Order processing",
    title_zh="订单处理",
    score="85%",
    pass_rate="70%",
    issued_at=1_773_801_000,
    timezone="Asia/Shanghai",
    code="ABCD-EFGH-JKMN-PQRS",
    address="https://orders.example.com/certificate/ABCD-EFGH-JKMN-PQRS",
)


def test_it_says_who_passed_what_and_where_to_check_it(speech: Voice) -> None:
    pdf = certificate_pdf(PAPER, speech)
    (page,) = pages(pdf)
    chinese = speech.language == "zh"
    for said in (PAPER.name, PAPER.title_zh if chinese else PAPER.title_en, "85%", "70%", PAPER.code, PAPER.address):
        assert said in page
    assert ("证书" if chinese else "Certificate") in page
    assert scanned(pdf) == [{("QRCode", PAPER.address)}]
    assert {inside for _, inside in embedded_fonts(pdf)} == {True}
