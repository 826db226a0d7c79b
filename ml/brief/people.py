"""Whom a pack is about: the names that its subject goes by, and sentences in which somebody else acts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ml.brief.contract import Note, NoteKind
from ml.text.folding import normal
from ml.text.names import acts, names
from ml.text.sentences import sentences

_FIRST_NAMES_TEXT = """
adam adrian ahmed aisha alan alex alice alicia amanda amina amy ana anders andrea andreas andrew andy angela
anil anita anja ann anna anne anthony
antonio arjun arthur barbara ben benjamin bernd beth bob boris brian bruno carl carla carlos carmen caroline
catherine cathy charles charlotte chris
christian christina christine claire clara colin cristina dan dana daniel daniela david deborah denise dennis
diana diego dieter dmitri dominic donna dora dorothy
ed eduardo edward elena eli elizabeth ella emily emma eric erik erika eva evelyn fatima felix fernando fiona
florian frances frank fred gabriel gareth gary
george georgia gerald gina giulia grace graham greg greta gustavo hana hannah hans harry hassan heather heidi
helen helena henry hiroshi holly hugo ian igor
ines ingrid irina isabel ivan ivana ivo jack jacob jakub james jan jane janet jasmine jason javier jean jennifer
jenny jeremy jessica jim joan joanna joao joe
joel johan johanna john jon jonas jonathan jordan jorge jose joseph josh joshua juan judith julia julian julie
karen karin karl kate katharina katherine katie keith ken
kenji kevin kim kristina kumar lara lars laura lauren lena leo leon leonie lewis liam lily linda lisa liz louis
louise lucas lucia lucy luis luke magda marc marco marcus
marek margaret maria marie marina mario marion mark markus marta martha martin martina mary mateo matt matteo
matthew maya megan mei melissa michael michel miguel mike mohamed mohammed
monica nadia naomi natalia natalie nathan neil nick nicole niklas nils nina noah nora olga oliver olivia omar
oscar oskar pablo pamela patricia patrick paul paula pavel pedro peter
petra philip phil pierre piotr priya rachel rafael raj ralph ravi raymond rebecca richard rita robert roberto
robin roger ronald rosa rose roy ruth ryan sabine sally sam samantha samuel sandra
sanjay sara sarah scott sean sergio sharon simon sofia sonia sophia sophie stefan stefanie stephanie stephen
steve steven sue susan sven tanja tania tariq ted teresa thomas tim tina tobias tom tomas
tony ursula valentina vanessa vera victor victoria vincent viktor walter wang wei wendy will william xavier yan
yasmin yuki yusuf yvonne zoe
"""
_FIRST_NAMES = frozenset(_FIRST_NAMES_TEXT.split())
_LEAD = re.compile(r"^\W*(?:(?:on|in|at|during|after|before|when|last|yesterday)\b[^,]{0,60},\s*)?$", re.IGNORECASE)
_LEAD_OPEN = re.compile(
    r"^\W*(?:on|in|at|during|after|before|last|this|yesterday)\b(?:\s+[\w'’]+){0,5}\s+(?<!with )(?<!to "
    r")(?<!for )(?<!by )(?<!from )(?<!of )"
    r"(?<!and )(?<!about )(?<!than )$",
    re.IGNORECASE,
)
_LEAD_ZH = re.compile(r"^\W*(?:[^，,。他她]{0,14}[，,])?$")
_TITLE = re.compile(r"\b(?:mr|mrs|ms|dr|prof|nurse)\.?\s*$", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(?:he|she|his|her|him|hers|himself|herself|colleagues?|teammates?|co-?workers?)\b|[他她](?!们)|同事|队友",
    re.IGNORECASE,
)
_ABOUT_A_PERSON = 0.3
"""Share of notes that speak of "him" or "her" from which on they are about a person. Reviews of a place where people
serve have it now and then."""
_ONLY_OF_PEOPLE = {NoteKind.MANAGER, NoteKind.SELF, NoteKind.METRIC}
_TOGETHER = re.compile(r"\s*(?:and|,|&|和|与|跟|、|同)")


def _is_person(text: str, start: int, name: str) -> bool:
    if not name.isascii():
        return True
    return name.split(maxsplit=1)[0].lower() in _FIRST_NAMES or _TITLE.search(text[:start]) is not None


@lru_cache(maxsize=8192)
def leading_person(text: str) -> str | None:
    """The person whom the sentence names first, as the one who acts; None when it opens with anything else."""
    for span in names(text):
        name = span.of(text)
        before = text[: span.start]
        lead = _LEAD if name.isascii() else _LEAD_ZH
        if not _is_person(text, span.start, name):
            continue
        opening = _TITLE.sub("", before)
        leads = lead.match(opening) or (name.isascii() and _LEAD_OPEN.match(opening) and acts(text, span.end))
        if not leads or _TOGETHER.match(text, span.end):
            return None
        return None if text[span.end : span.end + 2] in {"'s", "’s"} or text[span.end : span.end + 1] == "的" else name
    return None


def subject_names(notes: Sequence[Note], subject_id: str | None) -> tuple[str, ...]:
    """Names that the subject goes by: the id itself when it is used as a name, and the person most notes name.

    That is the person who leads sentences in two notes at least, and in clearly more of them than anybody else;
    otherwise the subject is taken to be addressed without a name.
    """
    return tuple(dict.fromkeys([*_parts_said(notes, subject_id), *_leaders(notes)]))


def _parts_said(notes: Sequence[Note], subject_id: str | None) -> list[str]:
    """The parts of an id that two notes say."""
    parts = re.split(r"[-_:./@\s]", subject_id or "")
    return [
        part
        for part in parts
        if len(part) >= 2 and not part.isdigit() and sum(part.lower() in note.text.lower() for note in notes) >= 2
    ]


def _leaders(notes: Sequence[Note]) -> list[str]:
    """The person who leads sentences in two notes at least, and in clearly more of them than anybody else, or none."""
    counts: Counter[str] = Counter()
    for note in notes:
        said = {leading_person(span.of(note.text)) for span in sentences(note.text)} - {None}
        counts.update({name.split()[0] if name.isascii() else name for name in said if name is not None})
    ranked = counts.most_common(2)
    clear = ranked and ranked[0][1] >= 2 and (len(ranked) == 1 or ranked[0][1] > 1.5 * ranked[1][1])
    return [ranked[0][0]] if clear else []


def about_a_person(notes: Sequence[Note], subject_id: str | None) -> bool:
    """Whether the notes are about somebody's work, not about a thing that many use (a hotel, a course, an app).

    Somebody's work it is when managers, the person or systems write, when one person leads sentences of two notes,
    when the id is written as a name, or when enough notes speak of "him" or "her". Without any note it is a person.
    """
    if not notes or any(note.kind in _ONLY_OF_PEOPLE for note in notes):
        return True
    spoken = sum(_PERSONAL.search(note.text) is not None for note in notes)
    ids = [part.lower() for part in _parts_said(notes, subject_id) if part.isascii()]
    named = any(not any(part in note.text for note in notes) for part in ids)
    return named or spoken >= _ABOUT_A_PERSON * len(notes) or bool(_leaders(notes))


def somebody_else(text: str, known: Sequence[str]) -> str | None:
    """The name of a person other than the subject who opens the sentence as the one who acts, when that is sure.

    `known` are the subject's names; without any nobody is somebody else. A title with the subject's surname (王经理
    for 王芳) is the subject, and an English title with a surname is left open.
    """
    if not known:
        return None
    leader = leading_person(text)
    if leader is None:
        return None
    folded = normal(text)
    if any(normal(name) in folded or normal(leader) in normal(name) for name in known):
        return None
    if leader.isascii():
        return leader if leader.split()[0].lower() in _FIRST_NAMES else None
    if any(leader[0] == name[0] or leader[-1] == name[-1] or leader[1:2] == name[0] for name in known):
        return None
    return leader
