"""What the directory says about names and numbers that a machine read.

A reading that the directory contradicts is marked, never changed: the paper is what it is, and a person decides. One
misread character is put right where everything else names a single person; that is marked, too, and a person checks it.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

AGREES: Final = 1.0
REPAIRED: Final = 0.8
"""One character was put right by the only person of the directory who fits."""
UNSUPPORTED: Final = 0.5
"""The directory knows nothing that supports the reading."""
CONTRADICTED: Final = 0.2
"""The directory, or the sheet the words stand on, says something else."""
REPAIRED_NOTE: Final = "repaired_from_directory"
SHORTEST_REPAIRED: Final = 3
"""Characters: in a shorter name or number one character is too much of it."""
SHORTEST_FILLED: Final = 5
"""Characters: from here on one that was lost or added is put right as well; shorter, it is another name."""


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
    repaired: str | None = None
    """What the directory writes instead of what was read."""


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
    repaired = _repaired(number, name, by_number, by_name, people)
    if repaired is not None:
        return repaired
    if by_number and name:
        verdict = Judgement(CONTRADICTED, "number_and_name_differ")
        return SubjectMatch(None, verdict, verdict)
    return SubjectMatch(
        None,
        None if not number else Judgement(UNSUPPORTED, None if by_number else "not_in_directory"),
        None if not name else Judgement(UNSUPPORTED, None if by_name else "not_in_directory"),
    )


def compare_subject(
    number: str | None, name: str | None, person: DirectoryPerson, people: Sequence[DirectoryPerson]
) -> SubjectMatch:
    """Hold what was read against the person for whom the sheet was printed.

    Words that are another person's own are never put right: the paper may have been swapped.
    """
    numbers = [plain(other.staff_number) for other in people]
    about_number = None if not number else _agrees(number, (person.staff_number,), plain(number) in numbers)
    about_name = None if not name else _agrees(name, person.names, bool(named(name, people)))
    return SubjectMatch(person.id, about_number, about_name)


def one_off(read: str, known: str) -> bool:
    """Whether two texts differ in exactly one character, and are long enough for that to tell: another one in its
    place, or in longer ones a character lost or added."""
    shorter, longer = sorted((read, known), key=len)
    if len(shorter) == len(longer):
        different = sum(mine != theirs for mine, theirs in zip(read, known, strict=True))
        return len(read) >= SHORTEST_REPAIRED and different == 1
    if len(longer) - len(shorter) > 1 or len(shorter) < SHORTEST_FILLED:
        return False
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _near(read: str, known: str) -> bool:
    return one_off(plain(read), plain(known))


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
    near = [(person, own) for person in people for own in person.names if _near(name, own)]
    if not found and len({person.id for person, _ in near}) == 1:
        return Judgement(REPAIRED, REPAIRED_NOTE, near[0][1])
    return Judgement(UNSUPPORTED, "several_in_directory" if found else "not_in_directory")


def judge_department(words: str | None, own: Sequence[str] | None, every: Sequence[Sequence[str]]) -> Judgement | None:
    """The words of a form against the departments of the organisation, each by its names and code.

    `own` is the subject's, one of `every`; None where the subject, or the subject's department, is not known. One
    misread character is put right where a single department fits, unless that is another one than the subject's.
    """
    if not words or not every:
        return None
    wanted = plain(words)
    exact = [names for names in every if any(plain(name) == wanted for name in names)]
    if exact:
        return AGREED if own is None or own in exact else Judgement(CONTRADICTED, "differs_from_directory")
    near = [(names, name) for names in every for name in names if _near(words, name)]
    if not near or any(names != near[0][0] for names, _ in near):
        return Judgement(UNSUPPORTED, "not_in_directory")
    names, name = near[0]
    if own is None or own == names:
        return Judgement(REPAIRED, REPAIRED_NOTE, name)
    return Judgement(CONTRADICTED, "differs_from_directory")


def _agrees(read: str, known: Sequence[str], of_another: bool) -> Judgement:
    """Whether what was read is what the sheet was printed for; `of_another`: it is what somebody is called."""
    if any(plain(read) == plain(own) for own in known):
        return AGREED
    near = [] if of_another else [own for own in known if _near(read, own)]
    return Judgement(REPAIRED, REPAIRED_NOTE, near[0]) if near else Judgement(CONTRADICTED, "differs_from_sheet")


def _repaired(
    number: str | None,
    name: str | None,
    by_number: Sequence[DirectoryPerson],
    by_name: Sequence[DirectoryPerson],
    people: Sequence[DirectoryPerson],
) -> SubjectMatch | None:
    """The only person whom one of the two names exactly, and the other but for one character, if nobody else is."""
    if not number or not name:
        return None
    if len(by_number) == 1 and not by_name:
        person = by_number[0]
        near = [own for own in person.names if _near(name, own)]
        return SubjectMatch(person.id, AGREED, Judgement(REPAIRED, REPAIRED_NOTE, near[0])) if near else None
    if by_name and not by_number:
        close = [person for person in by_name if _near(number, person.staff_number)]
        if len(close) == 1:
            verdict = Judgement(REPAIRED, REPAIRED_NOTE, close[0].staff_number)
            return SubjectMatch(close[0].id, verdict, AGREED)
    return None
