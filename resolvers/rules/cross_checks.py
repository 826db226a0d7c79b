"""Whether values of one form fit together: weights and 100, total and scores, date and cycle, address and company."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from ocr.contract import FieldType, FormField, FormTemplate
from resolvers.rules.reading import AGREED, CONTRADICTED, REPAIRED, REPAIRED_NOTE, UNSUPPORTED, Judgement, one_off
from resolvers.rules.scoring import WeightedScore, weighted_mean

WHOLE: Final = Decimal(100)
SIGNING_DAYS: Final = datetime.timedelta(days=92)
"""A review is signed from the first day of its cycle to a quarter after the last."""


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One row of a form's score table."""

    key: str
    score: Decimal | None
    weight: Decimal | None
    """Percent: printed on the form, or written in the row; None when there is none or it could not be read."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The figures of a form, worked out anew."""

    rows: tuple[ScoredRow, ...]
    weights_total: Decimal | None
    """None when a weight is missing."""
    total: Decimal | None
    """The weighted mean of the scores, of equal weights where the form has none; None when something is missing."""
    written_total: Decimal | None
    agrees: bool | None
    """Whether the written total is the mean or the sum of the scores; None when one of them is missing."""


def arithmetic(template: FormTemplate, values: Mapping[str, str | None]) -> Arithmetic | None:
    """The figures of a form by the values of its fields; None for a form without scores."""
    scores = [field for field in template.fields if field.type is FieldType.SCORE]
    if not scores:
        return None
    written = [field for field in template.fields if field.role == "weight"]
    rows = tuple(
        ScoredRow(field.key, _number(values.get(field.key)), _weight(field, written, values)) for field in scores
    )
    weighted = bool(written) or any(field.weight is not None for field in scores)
    weights = [row.weight for row in rows if row.weight is not None]
    complete = len(weights) == len(rows)
    total = None
    if complete or not weighted:
        items = [WeightedScore(row.score, row.weight if row.weight is not None else Decimal(1)) for row in rows]
        total = weighted_mean([item for item in items if item.weight >= 0])
    given = next((field for field in template.fields if field.role == "total"), None)
    said = _number(values.get(given.key)) if given is not None else None
    return Arithmetic(
        rows,
        sum(weights, Decimal(0)) if complete else None,
        total,
        said,
        None if said is None or total is None else _is_total(said, total, rows, weighted),
    )


def judge_figures(template: FormTemplate, values: Mapping[str, str | None]) -> dict[str, Judgement]:
    """What the form's other figures say about its written weights and total, by field key."""
    found = arithmetic(template, values)
    if found is None:
        return {}
    judged: dict[str, Judgement] = {}
    if found.weights_total is not None:
        verdict = AGREED if found.weights_total == WHOLE else Judgement(UNSUPPORTED, "weights_not_100")
        judged.update({field.key: verdict for field in template.fields if field.role == "weight"})
    if found.agrees is not None:
        key = next(field.key for field in template.fields if field.role == "total")
        judged[key] = AGREED if found.agrees else Judgement(CONTRADICTED, "total_differs")
    return judged


def judge_day(day: str, starts_on: datetime.date, ends_on: datetime.date) -> Judgement:
    """Whether a form of a cycle may have been signed on that day (ISO date)."""
    signed = datetime.date.fromisoformat(day)
    fits = starts_on <= signed <= ends_on + SIGNING_DAYS
    return AGREED if fits else Judgement(UNSUPPORTED, "date_outside_cycle")


def judge_email(address: str, known: Sequence[str]) -> Judgement:
    """Whether an e-mail address is one of the company's: in its directory, or at least of one of its domains.

    One misread character is put right where exactly one address of the directory fits.
    """
    read = address.strip().casefold()
    if read in known:
        return AGREED
    near = [other for other in known if one_off(read, other)]
    if len(near) == 1:
        return Judgement(REPAIRED, REPAIRED_NOTE, near[0])
    domains = {other.rpartition("@")[2] for other in known}
    of_company = read.rpartition("@")[2] in domains
    return Judgement(UNSUPPORTED, "not_in_directory" if of_company else "foreign_domain")


def _weight(score: FormField, written: Sequence[FormField], values: Mapping[str, str | None]) -> Decimal | None:
    """The weight that is printed, or written in the score's row."""
    if score.weight is not None:
        return Decimal(score.weight)
    middle = score.box_mm[1] + score.box_mm[3] / 2
    for field in written:
        top, height = field.box_mm[1], field.box_mm[3]
        if field.page == score.page and top <= middle <= top + height:
            return _number(values.get(field.key))
    return None


def _is_total(said: Decimal, total: Decimal, rows: Sequence[ScoredRow], weighted: bool) -> bool:
    """Whether the written total is what the scores give, to as many places as were written."""
    places = Decimal(1).scaleb(min(0, int(said.as_tuple().exponent)))
    possible = [total]
    if not weighted:
        possible.append(sum((row.score for row in rows if row.score is not None), Decimal(0)))
    # Half a unit of the last place: people round halves either way.
    return any(abs(value - said) * 2 <= places for value in possible)


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
