"""What of a form stays when the person whom it is about is erased."""

from __future__ import annotations

from ocr.contract import FieldType, FormField
from resolvers.rules.values import InvalidValueError, checked_value

_NAMING = frozenset({"subject_name", "subject_staff_number", "reviewer", "email"})
"""Roles of fields that say who somebody is, even where their values come from a list."""
_MARKED = frozenset({FieldType.CHOICE, FieldType.SCORE, FieldType.SIGNATURE})
"""Types of which the form itself says what may be answered."""
_COUNTED = {FieldType.NUMBER: frozenset({"weight", "total"}), FieldType.DATE: frozenset({"signed_on"})}
"""Roles of figures and days that reviews are worked out from."""


def stays(field: FormField, value: str | None) -> bool:
    """Whether a value tells no more than an answer that the form offers to everybody.

    That is a tick, a score, a word of a list, a number between the form's own bounds, a weight or total, the day of
    signing, and whether it was signed. All else goes: names and numbers of people, what was written freely, and what
    does not fit its field, for then something else may be written there.
    """
    bounded = field.minimum is not None and field.maximum is not None
    offered = (
        field.type in _MARKED
        or field.role in _COUNTED.get(field.type, ())
        or (field.type is FieldType.NUMBER and bounded)
    )
    if not offered or field.role in _NAMING:
        return False
    try:
        return checked_value(field, value) is not None
    except InvalidValueError:
        return False
