"""The SMART check in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import strawberry

from db.models import goals as rows
from resolvers.goals import smart
from resolvers.rules.smart import words
from resolvers.rules.smart.contract import Finding, Ground, Letter, Verdict
from schema.batching import batch, field, root
from schema.context import Context
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.scalars import described_enum

described_enum(
    Letter,
    name="SmartLetter",
    description="A letter of SMART.",
    values={
        "SPECIFIC": "What exactly.",
        "MEASURABLE": "How one sees it.",
        "ACHIEVABLE": "Whether a reader can judge that it can be done.",
        "RELEVANT": "What it is for.",
        "TIME_BOUND": "By when.",
    },
)
described_enum(
    Verdict,
    name="SmartVerdict",
    description="What the check says about a letter.",
    values={"MET": "It is there.", "WEAK": "Something is there, not enough.", "MISSING": "It is missing."},
)
described_enum(
    Ground,
    name="SmartGround",
    description="Why a letter got its verdict.",
    values={ground.name: words.explanation(Finding(Letter.SPECIFIC, Verdict.MET, ground), "en") for ground in Ground},
)


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """A finding about a text, as the row of a `SmartFinding`."""

    text: str
    finding: Finding

    @property
    def letter(self) -> Letter:
        return self.finding.letter

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict

    @property
    def ground(self) -> Ground:
        return self.finding.ground

    @property
    def start(self) -> int | None:
        return self.finding.span.start if self.finding.span else None

    @property
    def end(self) -> int | None:
        return self.finding.span.end if self.finding.span else None

    @property
    def span(self) -> str | None:
        return self.text[self.finding.span.start : self.finding.span.end] if self.finding.span else None


@strawberry.type(description="What the SMART check found about one letter, by rules; no model takes part.")
class SmartFinding:
    letter: Letter = field(description="The letter.")
    verdict: Verdict = field(description="What the check says.")
    ground: Ground = field(description="Why.")
    span: str | None = field(description="The words of the text that decided it.")
    start: int | None = field(description="Where they begin, in characters (Unicode code points).")
    end: int | None = field(description="Where they end.")
    explanation: str = batch(
        lambda context, rows: [words.explanation(row.finding, context.locale) for row in rows],
        description="Why, in the viewer's language.",
    )
    suggestion: str | None = batch(
        lambda context, rows: [words.suggestion(row.finding, context.locale) for row in rows],
        description="A question that leads to a better text; null for a letter that is met.",
    )


def smart_of_goals(context: Context, parents: Sequence[rows.Goal]) -> list[list[CheckedLetter]]:
    """The batch function of a goal's SMART check."""
    found = smart.check_goals(context.session, context.viewer, parents)
    return [[CheckedLetter(goal.title, finding) for finding in found[goal.id]] for goal in parents]


def _check(
    _context: Context, text: Annotated[str, strawberry.argument(description="The wording of a goal.")]
) -> list[CheckedLetter]:
    return [CheckedLetter(text, finding) for finding in smart.check_text(text)]


@strawberry.type
class SmartQueries:
    smart_check: list[SmartFinding] = root(
        _check,
        description="The SMART check of a goal's text before it is saved, in Chinese or English; at most 5,000 "
        "characters. Five findings, one for each letter.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "smartCheck"),
    **grant("SmartFinding", VISIBLE, "letter verdict ground span start end explanation suggestion"),
}
