"""What the directory says about names and numbers that a machine read.

A reading that the directory contradicts is marked, never changed: the paper is what it is, and a person decides.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

AGREES: Final = 1.0
UNSUPPORTED: Final = 0.5
"""The directory knows nothing that supports the reading."""
CONTRADICTED: Final = 0.2
"""The directory, or the sheet the words stand on, says something else."""


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """One person as the directory writes them."""

    id: uuid.UUID
    staff_number: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The directory part of a field's confidence, 0 to 1, and the code of what was noticed."""

    confidence: float
    note: str | None = None


AGREED: Final = Judgement(AGREES)


@dataclass(frozen=True, slots=True)
class SubjectMatch:
    """Whom staff number and name mean together; a judgement is None where nothing was read."""

    person_id: uuid.UUID | None
    number: Judgement | None
    name: Judgement | None


def plain(text: str) -> str:
    """Text for comparing: NFKC, without case, blanks and the dots inside transcribed names."""
    kept = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in kept if not character.isspace() and character not in "·•・.")


def match_subject(number: str | None, name: str | None, people: Sequence[DirectoryPerson]) -> SubjectMatch:
    """Find the one person whose staff number and name both stand on the form.

    Both must agree, and on one person only. A number without its name, or a name without its number, names nobody:
    a misread character often makes another valid name or number.
    """
    by_number = [person for person in people if number and plain(person.staff_number) == plain(number)]
    by_name = named(name, people)
    both = [person for person in by_number if person in by_name]
    if len(both) == 1:
        return SubjectMatch(both[0].id, AGREED, AGREED)
    if by_number and name:
        verdict = Judgement(CONTRADICTED, "number_and_name_differ")
        return SubjectMatch(None, verdict, verdict)
    return SubjectMatch(
        None,
        None if not number else Judgement(UNSUPPORTED, None if by_number else "not_in_directory"),
        None if not name else Judgement(UNSUPPORTED, None if by_name else "not_in_directory"),
    )


def compare_subject(number: str | None, name: str | None, person: DirectoryPerson) -> SubjectMatch:
    """Hold what was read against the person for whom the sheet was printed."""
    return SubjectMatch(
        person.id,
        None if not number else _agrees(plain(number) == plain(person.staff_number)),
        None if not name else _agrees(bool(named(name, [person]))),
    )


def named(name: str | None, people: Iterable[DirectoryPerson]) -> list[DirectoryPerson]:
    """The people who are written exactly so."""
    if not name:
        return []
    wanted = plain(name)
    return [person for person in people if any(plain(own) == wanted for own in person.names)]


def judge_name(name: str | None, people: Sequence[DirectoryPerson]) -> Judgement | None:
    """Whether exactly one person of the directory has that name."""
    if not name:
        return None
    found = named(name, people)
    if len(found) == 1:
        return AGREED
    return Judgement(UNSUPPORTED, "several_in_directory" if found else "not_in_directory")


def judge_words(words: str | None, expected: Sequence[str], note: str) -> Judgement | None:
    """Whether the words are one of the expected ones; `note` says what it means when they are not."""
    if not words or not expected:
        return None
    agrees = any(plain(words) == plain(other) for other in expected)
    return AGREED if agrees else Judgement(CONTRADICTED, note)


def _agrees(agrees: bool) -> Judgement:
    return AGREED if agrees else Judgement(CONTRADICTED, "differs_from_sheet")
