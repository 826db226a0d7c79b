"""The organisation's own grades and score scale, where a form does not say which it takes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from ocr.contract import FieldType, FormField, FormTemplate, Option, Words
from resolvers.rules.reading import UNSUPPORTED, Judgement
from resolvers.rules.values import InvalidValueError, ValueProblem, checked_value

GRADE: Final = "grade"


@dataclass(frozen=True, slots=True)
class Standards:
    """What reviews of an organisation may say; empty or None: anything."""

    grades: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    step: str | None = None
    """Of scores: bounds and step, as exact decimal text."""

    @property
    def scale(self) -> bool:
        return any(bound is not None for bound in (self.minimum, self.maximum, self.step))


def applied(template: FormTemplate, standards: Standards) -> FormTemplate:
    """The form with the organisation's grades and scale where it has none of its own: what a person may enter."""
    return replace(template, fields=tuple(_applied(field, standards) for field in template.fields))


def judge_standard(field: FormField, value: str, standards: Standards) -> Judgement | None:
    """Whether a value that was read fits both the form's own grades or scale and the organisation's; None: it does, or
    the field holds neither a grade nor a score."""
    if field.type is not FieldType.SCORE and field.role != GRADE:
        return None
    problem = _problem(_applied(field, standards), value)
    if problem is None and field.role == GRADE and standards.grades and _plain(value) not in standards.grades:
        problem = ValueProblem.NOT_AN_OPTION
    if problem is None and field.type is FieldType.SCORE and standards.scale:
        problem = _problem(_scaled(replace(field, options=()), standards), value)
    return None if problem is None else Judgement(UNSUPPORTED, problem.value)


def _applied(field: FormField, standards: Standards) -> FormField:
    if field.options:
        return field
    if field.role == GRADE and standards.grades:
        options = tuple(Option(grade, Words(grade, grade), field.box_mm) for grade in standards.grades)
        return replace(field, type=FieldType.CHOICE, options=options)
    if field.type is FieldType.SCORE and field.minimum is None and field.maximum is None and field.step is None:
        return _scaled(field, standards)
    return field


def _scaled(field: FormField, standards: Standards) -> FormField:
    return replace(field, minimum=standards.minimum, maximum=standards.maximum, step=standards.step)


def _problem(field: FormField, value: str) -> ValueProblem | None:
    try:
        checked_value(field, value)
    except InvalidValueError as invalid:
        return invalid.problem
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
