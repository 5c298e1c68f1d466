"""Names, for reading, of things that the database calls by a code."""

from __future__ import annotations

from types import MappingProxyType

from core.services.carriers import carrier_policy
from core.ui.i18n import language, t

AUDIT_KIND_LABELS = MappingProxyType(
    {
        "signed_in": "Signed in",
        "signed_out": "Signed out",
        "sign_in_failed": "Sign-in failed",
        "sign_in_throttled": "Sign-in held back",
        "refused": "Access refused",
        "person_added": "Person added",
        "person_changed": "Person changed",
        "person_disabled": "Person disabled",
        "person_enabled": "Person enabled",
        "sessions_ended": "Signed out everywhere",
        "password_link_made": "Password link made",
        "password_chosen": "Password chosen",
        "password_changed": "Password changed",
        "administrator_link_made": "Administrator link made",
        "administrator_made": "Administrator made",
        "test_started": "Test begun",
        "test_finished": "Test finished",
        "test_marked_again": "Test marked again",
        "answer_marked_by_hand": "Answer marked by hand",
        "question_disputed": "Question disputed",
        "dispute_withdrawn": "Dispute withdrawn",
        "dispute_decided": "Dispute decided",
        "certificate_issued": "Certificate issued",
        "certificate_revoked": "Certificate taken back",
        "item_begun": "Question begun",
        "item_sent_to_review": "Question sent to review",
        "item_taken_back": "Question taken back from review",
        "item_approved": "Question approved",
        "item_sent_back": "Question sent back",
        "item_discarded": "Draft of a question discarded",
        "item_recovered": "Draft of a question recovered",
        "item_retired": "Question retired",
        "item_restored": "Question put back into use",
        "case_begun": "Case begun",
        "case_sent_to_review": "Case sent to review",
        "case_taken_back": "Case taken back from review",
        "case_approved": "Case approved",
        "case_sent_back": "Case sent back",
        "case_discarded": "Draft of a case discarded",
        "case_recovered": "Draft of a case recovered",
        "case_retired": "Case retired",
        "case_restored": "Case put back into use",
        "items_imported": "Questions imported",
        "test_saved": "Draft of a test saved",
        "tries_given_up": "Further tries of a test given up",
        "file_taken": "File with data taken along",
        "test_published": "Test published",
        "pass_mark_adopted": "Pass mark adopted",
        "accommodation_granted": "Accommodation granted",
        "accommodation_withdrawn": "Accommodation taken back",
        "practice_started": "Exercise begun",
        "practice_checked": "Exercise checked",
        "practice_reset": "Exercise begun again",
        "hint_shown": "Hint shown",
    }
)


def audit_kind(kind: str) -> str:
    """What kind of row of the audit log this is, in words; a kind that is new shows its code."""
    return t(AUDIT_KIND_LABELS[kind]) if kind in AUDIT_KIND_LABELS else kind


def carrier_title(code: str) -> str:
    """A carrier of the policy by its name in the reader's language; one that it doesn't name shows its code."""
    found = next((one for one in carrier_policy().carriers if one.code == code), None)
    return code if found is None else found.name_zh if language() == "zh" else found.name_en
