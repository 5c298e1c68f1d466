"""The audit log: who did what and when, with a check that nobody changed it afterwards."""

import streamlit as st

from core.portal import audit_log
from core.portal.colleagues import names_behind
from core.ui import page
from core.ui.audit_words import audit_details, audit_subject
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, mark, t
from core.ui.labels import audit_kind
from core.ui.safe import safe
from core.ui.tables import Column, table

PERIODS = {mark("24 hours"): 86_400, mark("7 days"): 7 * 86_400, mark("30 days"): 30 * 86_400, mark("ever"): None}

heading(
    t("Audit log"), t("Every sign-in, change of people and refusal. Each row seals the one before it."), "fact_check"
)

chain = page.portal_read(audit_log.check_audit)
if chain.broken_id is None:
    st.success(
        t("The chain holds: {n} rows, last seal {seal}.", n=format_int(chain.rows_count), seal=chain.head_hash[:12]),
        icon=":material/verified:",
    )
else:
    st.error(
        t("The chain is broken at row {id}: it or a row before it was changed or removed.", id=chain.broken_id),
        icon=":material/gpp_bad:",
    )

first, second, third = st.columns(3)
kinds = first.multiselect(
    t("What"),
    page.portal_read(audit_log.audit_kinds_in),
    format_func=audit_kind,
    placeholder=t("Everything"),
    key="kinds",
)
who = second.text_input(t("Who"), max_chars=80, key="who")
period = third.selectbox(t("Since"), list(PERIODS), format_func=t, index=1, key="period")

length = PERIODS[period]
since = 0 if length is None else page.wall_clock() - length
rows = page.portal_read(audit_log.audit_rows_in, kinds=tuple(kinds), who=who, since_at=since)
if rows:
    names = page.portal_read(names_behind, [row.subject for row in rows])
    table(
        [
            {
                "at": format_instant(row.at, seconds=True),
                "actor": row.actor,
                "kind": audit_kind(row.kind),
                "subject": audit_subject(row.subject, names),
                "data": audit_details(row.data),
            }
            for row in rows
        ],
        [
            Column("at", t("When"), width=170),
            Column("actor", t("Who")),
            Column("kind", t("What")),
            Column("subject", t("On what")),
            Column("data", t("Details"), width="large"),
        ],
        key="audit",
    )
    st.caption(safe(t("The newest {n} rows that fit.", n=format_int(len(rows)))))
else:
    empty(t("Nothing fits"), t("Choose a longer time or fewer filters."), key="audit", icon="search_off")
