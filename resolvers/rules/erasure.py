"""What of a form stays when the person whom it is about is erased."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from ocr.contract import FieldType, FormField
from resolvers.rules.reading import DirectoryPerson, match_subject, named, one_off, plain
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


class Bearing(Enum):
    """Whether a form that is about nobody yet is a person's."""

    THEIRS = "theirs"
    PERHAPS = "perhaps"
    """Somebody has to look: it may as well be another person's, whose form would be lost."""
    ANOTHERS = "anothers"


def bearing(number: str | None, name: str | None, own: DirectoryPerson, others: Sequence[DirectoryPerson]) -> Bearing:
    """Whose form it is by the staff number and name on it.

    A name that nobody else has is enough where no other number contradicts it; a number alone is not, since one
    misread digit makes a colleague's. Anything else that comes within one character of either is to be looked at.
    """
    everybody = [own, *others]
    if match_subject(number, name, everybody).person_id == own.id:
        return Bearing.THEIRS
    of_name = named(name, everybody)
    of_number = [person for person in everybody if number and plain(person.staff_number) == plain(number)]
    if of_name == [own] and not of_number:
        return Bearing.THEIRS
    written = plain(name or "")
    near = (one_off(written, plain(known)) for known in own.names)
    near_number = one_off(plain(number or ""), plain(own.staff_number))
    if own in of_name or own in of_number or (not of_name and any(near)):
        return Bearing.PERHAPS
    return Bearing.PERHAPS if near_number and not of_name and not of_number else Bearing.ANOTHERS
