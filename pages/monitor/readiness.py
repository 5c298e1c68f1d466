"""Readiness: who can do what their position requires, by team, position and competency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

import streamlit as st

from assessments.competencies import COMPETENCIES, FIELDS
from assessments.prose import Prose
from assessments.readiness import (
    NOT_REQUIRED,
    NOT_YET,
    READY,
    STATE_LABELS,
    TOO_LITTLE,
    CompetencyState,
    PersonReadiness,
    readiness_in,
    readiness_policy,
    ready_by_chance,
)
from core.channels.export import to_csv
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_int, format_rate, language, t
from core.ui.noted_files import noted
from core.ui.pager import Pager, to_first
from core.ui.rich import facts_table
from core.ui.safe import safe

SIGNS = {READY: "✓", NOT_YET: "✕", TOO_LITTLE: "?", NOT_REQUIRED: ""}
ALL = ""
FEW = 5  # people; a share of fewer is said to be of few
PER_PAGE = 40  # people; a place for each of their competencies is much to send


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def chosen_people(people: tuple[PersonReadiness, ...]) -> list[PersonReadiness]:
    """Those of the team and position that the address or the filters name."""
    teams = sorted({one.team for one in people})
    positions = [position.value for position in Position if any(one.position == position.value for one in people)]
    left, right = st.columns(2, gap="small")
    for place, name, label, options in (
        (left, "team", t("Team"), [ALL, *teams]),
        (right, "position", t("Position"), [ALL, *positions]),
    ):
        if name not in st.session_state:
            asked = st.query_params.get(name, ALL)
            st.session_state[name] = asked if asked in options else ALL
        place.selectbox(
            label,
            options,
            format_func=team_words if name == "team" else position_words,
            key=name,
            on_change=keep_filters,
        )
    team, position = st.session_state["team"], st.session_state["position"]
    return [one for one in people if team in (ALL, one.team) and position in (ALL, one.position)]


def keep_filters() -> None:
    """The filters stand in the address, so that a view can be sent to a colleague."""
    to_first("ready")
    for name in ("team", "position"):
        if st.session_state[name]:
            st.query_params[name] = st.session_state[name]
        else:
            st.query_params.pop(name, None)


def team_words(team: str) -> str:
    """A team by its name."""
    return team or t("All teams")


def position_words(position: str) -> str:
    """A position by its name."""
    return t(POSITION_LABELS[Position(position)]) if position else t("All positions")


# ---- figures --------------------------------------------------------------------------------------------------


def draw_cards(people: Sequence[PersonReadiness]) -> None:
    """How far everybody is, each share with what it rests on."""
    required = sum(one.required_count for one in people)
    shares = {state: sum(one.count(state) for one in people) for state in (READY, NOT_YET, TOO_LITTLE)}
    policy = readiness_policy()
    cards: tuple[tuple[str, str, Tone], ...] = (
        (
            READY,
            t(
                "At least {rate} of the marks on {n} or more questions, up to the required level.",
                rate=format_rate(policy.enough_rate, 0),
                n=policy.least_questions,
            ),
            "good",
        ),
        (NOT_YET, t("{n} or more questions answered, and below that.", n=policy.least_questions), "bad"),
        (TOO_LITTLE, t("Fewer than {n} questions answered within a year.", n=policy.least_questions), "info"),
    )
    for place, (state, definition, tone) in zip(card_row(3), cards, strict=True):
        with place:
            value = format_rate(shares[state] / required, 0) if required else "–"
            about = t("{n} of {count} required, for {people} people.", n=format_int(shares[state]),
                      count=format_int(required), people=format_int(len(people)))  # fmt: skip
            metric_card(t(STATE_LABELS[state]), value, definition=f"{definition} {about}", key=state, tone=tone)
    doubt = t(
        "A few questions are a hint, no measurement: on {n} of them, {half} of those who know half would be called"
        " ready, and {most} of those who know four fifths would not. Ask again before anything is decided"
        " about a person.",
        n=policy.least_questions,
        half=format_rate(ready_by_chance(policy, 0.5), 0),
        most=format_rate(1 - ready_by_chance(policy, 0.8), 0),
    )
    st.caption(f":material/info: {safe(doubt)}")
    if 0 < len(people) < FEW:
        st.caption(t("Fewer than {n} people: look at each of them, not at the shares.", n=FEW))


def ready_share(people: Sequence[PersonReadiness]) -> str:
    """How much of what their positions require some people are ready for; a dash for nobody."""
    required = sum(one.required_count for one in people)
    return format_rate(sum(one.count(READY) for one in people) / required, 0) if required else "–"


def draw_teams(people: Sequence[PersonReadiness]) -> None:
    """Teams down, positions across: where it is well, and where not."""
    teams = sorted({one.team for one in people})
    positions = [position.value for position in Position if any(one.position == position.value for one in people)]
    if len(teams) < 2:
        return
    section(t("By team and position"), t("How much of what they require is ready."))
    by_place: dict[tuple[str, str], list[PersonReadiness]] = defaultdict(list)
    for one in people:
        for place in ((one.team, one.position), (one.team, ALL), (ALL, one.position), (ALL, ALL)):
            by_place[place].append(one)
    rows = [
        (
            team_words(team),
            format_int(len(by_place[team, ALL])),
            *(ready_share(by_place[team, position]) for position in (*positions, ALL)),
        )
        for team in (*teams, ALL)
    ]
    columns = [t("Team"), t("People"), *(position_words(position) for position in (*positions, ALL))]
    with st.container(border=True, key="panel-by-team"):
        st.html(facts_table(columns, rows, t("By team and position")))


def tile(state: CompetencyState, name: str) -> str:
    """One person's state of one competency, with what it rests on when pointed at."""
    words = t(STATE_LABELS[state.state])
    if state.rate is not None and state.required:
        words += " · " + t("{rate} of {n} questions", rate=format_rate(state.rate, 0), n=state.questions_count)
    title = f"{state.code} {name}: {words}"
    return (
        f'<td class="od-ready-{state.state}" title="{escape(title)}"><span aria-hidden="true">{SIGNS[state.state]}'
        f'</span><span class="od-unseen">{escape(words)}</span></td>'
    )


def draw_matrix(people: Sequence[PersonReadiness]) -> None:
    """People down, competencies across, a sign and a colour in each place."""
    codes = [code for code in COMPETENCIES if any(one.states[code].required for one in people)]
    names = {code: said(COMPETENCIES[code].name) for code in codes}
    fields: dict[str, int] = defaultdict(int)
    for code in codes:
        fields[COMPETENCIES[code].field] += 1
    titles = {field: escape(said(FIELDS[field])) for field in fields}
    over = "".join(
        f'<th colspan="{count}" scope="colgroup"><span style="max-width: {2.1 * count:.1f}rem">'
        f"{titles[field]}</span></th>"
        for field, count in fields.items()
    )
    head = "".join(f'<th scope="col" title="{escape(names[code])}">{escape(code)}</th>' for code in codes)
    body = "".join(
        f'<tr><th scope="row">{escape(one.name)}<small>{escape(position_words(one.position))}</small></th>'
        f"<td><b>{escape(format_rate(one.ready_rate, 0))}</b></td>"
        + "".join(tile(one.states[code], names[code]) for code in codes)
        + "</tr>"
        for one in people
    )
    st.html(
        f'<div class="od-ready"><table><thead><tr><th></th><th></th>{over}</tr>'
        f'<tr><th scope="col">{escape(t("Name"))}</th><th scope="col">{escape(t("Ready"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def draw_person(people: Sequence[PersonReadiness]) -> None:
    """One person in words: what the places of the matrix say when they are pointed at, for phones and for reading."""
    by_id = {one.person_id: one for one in people}
    if st.session_state.get("one-person") not in by_id:
        st.session_state.pop("one-person", None)
    chosen = st.selectbox(
        t("One person in words"),
        list(by_id),
        index=None,
        format_func=lambda number: by_id[number].name,
        placeholder=t("Choose a person"),
        key="one-person",
        width=420,
    )
    if chosen is None:
        return
    one = by_id[chosen]
    lines = []
    for state in one.gaps() + tuple(found for found in one.states.values() if found.state == READY):
        sure = ""
        if state.rate is not None:
            sure = " · " + t("{rate} of {n} questions", rate=format_rate(state.rate, 0), n=state.questions_count)
        name = said(COMPETENCIES[state.code].name)
        lines.append(
            f"- {SIGNS[state.state]} **{state.code}** {safe(name)} · {t(STATE_LABELS[state.state])}{safe(sure)}"
        )
    st.markdown("\n".join(lines))


def draw_gaps(people: Sequence[PersonReadiness]) -> None:
    """Where most are missing: what to train next."""
    missing: dict[str, int] = defaultdict(int)
    known: dict[str, int] = defaultdict(int)
    for one in people:
        for code, state in one.states.items():
            missing[code] += state.state == NOT_YET
            known[code] += state.state in (READY, NOT_YET)
    worst = sorted((code for code in missing if missing[code]), key=lambda code: (-missing[code], code))[:6]
    if not worst:
        return
    section(t("What to train next"), t("Competencies that most of those who were asked about them don't show yet."))
    lines = [
        f"- **{code}** {said(COMPETENCIES[code].name)} · "
        + t("{n} of {known} not yet", n=format_int(missing[code]), known=format_int(known[code]))
        for code in worst
    ]
    st.markdown("\n".join(lines))


def as_csv(people: Sequence[PersonReadiness]) -> bytes:
    """The matrix as a file."""
    codes = list(COMPETENCIES)
    rows = [
        (
            one.name,
            one.team,
            position_words(one.position),
            f"{one.ready_rate:.4f}",
            *(t(STATE_LABELS[one.states[code].state]) for code in codes),
        )
        for one in people
    ]
    return to_csv([t("Name"), t("Team"), t("Position"), t("Ready"), *codes], rows)


def draw(people: Sequence[PersonReadiness]) -> None:
    """The whole page, for those who were chosen."""
    draw_cards(people)
    draw_teams(people)
    section(t("Who is ready for what"), t("Point at a place to see what it rests on, or choose a person below."))
    pager = Pager("ready", len(people), PER_PAGE)
    pager.draw()
    draw_matrix(pager.part(people))
    draw_person(people)
    st.download_button(
        t("Download as CSV"),
        data=noted(lambda: as_csv(people), "readiness"),
        file_name="readiness.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="readiness-csv",
    )
    draw_gaps(people)


heading(
    t("Readiness"),
    t("Who can do what their position requires, judged by the newest finished tests of the past year."),
    "workspace_premium",
)
everybody = page.portal_read(readiness_in)
if not everybody:
    empty(
        t("No employee has a position yet"),
        t("An administrator gives people their positions; tests then show who is ready."),
        key="nobody",
        icon="groups",
    )
else:
    some = chosen_people(everybody)
    if some:
        draw(some)
    else:
        empty(t("Nobody fits"), t("No employee fits these filters."), key="fits", icon="search_off")
