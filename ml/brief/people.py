"""Whom a pack is about: the names that its subject goes by, and sentences in which somebody else acts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
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
_OF_USERS = re.compile(
    r"\b(?:this (?:place|hotel|store|shop|restaurant|product|item|book|app|phone|brand)|"
    r"(?:come|came|coming|go|going|went|be) back|bought|purchased|stay(?:ed)? (?:here|at|there)|recommend(?:ed)?|"
    r"pric(?:es?|ed|ing|ey)|worth)\b|这[家款间]|本店|店[里家员]|下单|购买|买[的了]|入住|再来|还会来|回购|性价比|推荐",
    re.IGNORECASE,
)
"""What users of a thing write of it, and hardly anybody of somebody's work."""
_ABOUT_A_PERSON = 0.2
"""Share of sentences that speak of "him" or "her" from which on they are about a person, if there are no more than a
third as many of users of a thing: a review of a place, long enough, tells of those who serve there."""
_LED = 0.1
"""Share of the notes that one person must lead to be whom all are about: two of a hundred guests name a waiter."""
_OF_A_THING = re.compile(r"\b(?:an?|the|this|these|my|our|your|in|at|on|near)\s+$", re.IGNORECASE)
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
    return tuple(dict.fromkeys([*_parts_said(notes, subject_id), *(name for name, _ in _leaders(notes))]))


def _parts_said(notes: Sequence[Note], subject_id: str | None) -> list[str]:
    """The parts of an id that two notes say."""
    parts = re.split(r"[-_:./@\s]", subject_id or "")
    return [
        part
        for part in parts
        if len(part) >= 2 and not part.isdigit() and sum(part.lower() in note.text.lower() for note in notes) >= 2
    ]


def _leaders(notes: Sequence[Note]) -> list[tuple[str, int]]:
    """The person who leads sentences in two notes at least, and in clearly more of them than anybody else, with the
    number of those notes, or nobody."""
    counts: Counter[str] = Counter()
    for note in notes:
        said = {leading_person(span.of(note.text)) for span in sentences(note.text)} - {None}
        counts.update({name.split()[0] if name.isascii() else name for name in said if name is not None})
    ranked = counts.most_common(2)
    clear = ranked and ranked[0][1] >= 2 and (len(ranked) == 1 or ranked[0][1] > 1.5 * ranked[1][1])
    return ranked[:1] if clear else []


def about_a_person(notes: Sequence[Note], subject_id: str | None) -> bool:
    """Whether the notes are about somebody's work, not about a thing that many use (a hotel, a course, an app).

    Somebody's work it is when managers, the person or systems write, when one person leads sentences of enough notes,
    when the id is written as a name, or when enough sentences speak of "him" or "her" and few of what users of a thing
    write. Without any note it is a person.
    """
    if not notes or any(note.kind in _ONLY_OF_PEOPLE for note in notes):
        return True
    said = [span.of(note.text) for note in notes for span in sentences(note.text)]
    spoken = sum(_PERSONAL.search(text) is not None for text in said)
    used = sum(_OF_USERS.search(text) is not None for text in said)
    return (
        _named(notes, subject_id)
        or any(count >= _LED * len(notes) for _, count in _leaders(notes))
        or spoken >= max(1, _ABOUT_A_PERSON * len(said), 3 * used)
    )


def _named(notes: Sequence[Note], subject_id: str | None) -> bool:
    """Whether notes write a part of the id with a capital throughout, as a name, and none of its parts as a thing:
    "the Garmin", "in London"."""
    parts = [part for part in _parts_said(notes, subject_id) if part.isascii()]
    before = (note.text[: match.start()] for note in notes for part in parts for match in _places(part, note.text))
    return not any(_OF_A_THING.search(text) for text in before) and any(
        not any(part.lower() in note.text for note in notes) for part in parts
    )


def _places(part: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(part), text, re.IGNORECASE)


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
