"""The eight checks that every sentence of every engine must pass. No weights, standard library only.

1 `citation`    it cites notes of the pack;
2 `quote`       what stands in quotation marks occurs word for word in a cited note, and so does all that a customer
                is cited for: a customer's words are never put differently;
3 `figure`, `name`  every number, date, duration, code and name occurs, in normal form, in one cited note;
4 `direction`   negation and direction agree with the cited note;
5 `quantifier`  "several", "most", 大家 carry a count that the citations bear out;
6 `coverage`    one cited note alone says all that it says, so that two notes are never merged into a new claim, and
                other words than the note's only shorten it (`ml.brief.wording`);
7 `person`, `source`  all cited notes are about the subject, nobody else is named as the one who acted, and sources
                (self, colleagues, customers, system) stay apart;
8 `absolute`    "always" and 从不 need three notes.

What stands in quotation marks is somebody's words: checks 5 and 8 look only at the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ml.brief.contract import Draft, Note, NoteKind
from ml.brief.people import somebody_else
from ml.brief.wording import departures
from ml.text.folding import fold, normal
from ml.text.names import name_like, names
from ml.text.polarity import directions, negations
from ml.text.quantities import Kind, Quantity, quantities
from ml.text.sentences import Span, sentences
from ml.text.words import terms

ABSOLUTE_NOTES = 3


class Failure(NamedTuple):
    """A check that a sentence failed: its name, and what in the sentence is to blame."""

    check: str
    detail: str


_QUOTED = re.compile(r"“([^”]+)”|「([^」]+)」|『([^』]+)』|«([^»]+)»|(?<!\w)\"([^\"]+)\"")
_COUNTED = re.compile(
    r"(?<!\d)(?P<n>\d+)\s*(?:of|/|out of)\s*(?P<m>\d+)\s*"
    r"(?:notes?|people|persons?|authors?|(?P<who>colleague|customer)s?|reviewers?)"
    r"|(?<!\d)(?P<m2>\d+)\s*(?:条|份|人|位)\S{0,3}?(?:中|里)(?:有)?\s*(?P<n2>\d+)\s*(?:条|份|人|位)"
)
_FRAME = re.compile(
    r"^\s*(?:(?:one|a) (?P<who>colleague|customer|peer|manager|note) (?:writes|says|notes|reports)|一位(?P<zh>同事|"
    r"客户|上级)(?:写道|说|提到)|(?P<several>people|notes))?\s*[:：]\s*",
    re.IGNORECASE,
)
"""Who is quoted: not part of what is said."""
_SPEAKERS = {
    "colleague": NoteKind.PEER,
    "peer": NoteKind.PEER,
    "同事": NoteKind.PEER,
    "manager": NoteKind.MANAGER,
    "上级": NoteKind.MANAGER,
    "customer": NoteKind.CUSTOMER,
    "客户": NoteKind.CUSTOMER,
}
_OWN_WORDS = ("I", "我")
"""What the subject goes by in the notes of their own."""
_QUANTIFIER = re.compile(
    r"\b(?:several|many|most|multiple|numerous|various|everyone|everybody|a number of|the majority|a few|some|"
    r"both|all)\s*(?:of\s+(?:the\s+)?|the\s+)?"
    r"(?P<who>people|colleagues|peers|customers|clients|notes?|team members|reviewers|teammates|managers|"
    r"stakeholders)?\b"
    r"|(?P<zh>多位|多名|多人|许多人|很多人|不少人|大多数|多数|大家|所有人|全体|普遍|一致|几位|数位|两位同事|"
    r"大部分人|众人)"
)
ABSOLUTE = re.compile(
    r"\b(?:always|never|constantly|invariably|without exception|every time|all the time|every single)\b|从不|"
    r"从来|从未|总是|永远|每次都|一贯|始终|一直|毫无例外|无一例外"
)
_AROUND = ' .。!！;；“”"「」'
"""What may stand around words that are quoted."""
_GROUPS = {
    NoteKind.PEER: "colleague",
    NoteKind.MANAGER: "colleague",
    NoteKind.CUSTOMER: "customer",
    NoteKind.SELF: "self",
    NoteKind.METRIC: "system",
}
_ATTRIBUTED = (
    (
        "customer",
        re.compile(
            r"\b(?:customers?|clients?) (?:say|said|report|praise|complain|note|mention|confirm|find|felt|"
            r"feel)\w*|客户(?:表示|反馈说|评价|认为|称)"
        ),
    ),
    (
        "self",
        re.compile(
            r"\b(?:self-assess\w+|by (?:his|her|their) own account|(?:he|she) says of (?:him|her)self)|"
            r"自评(?:中|表示|称)?|本人(?:表示|认为|称)"
        ),
    ),
    ("system", re.compile(r"\b(?:system data|the data|measured data) (?:shows?|say)|系统数据(?:显示|表明)")),
)
_PERSONAL_AXES = {"time", "change", "correct", "consent", "presence", "mood", "success"}
_CLAUSES = re.compile(
    r"[,，;；。、!?！？\n]|\.(?=\s|$)|\b(?:but|and|so|which|because|although|while|when|after|before)\b|但|"
    r"而且|所以|因为|虽然"
)


def generalises(text: str) -> bool:
    """Whether the sentence would fail check 5 or 8 unless it stands as somebody's words."""
    folded = fold(text)
    return ABSOLUTE.search(folded) is not None


def group_of(kind: NoteKind) -> str:
    """Where evidence of this kind comes from: `colleague`, `customer`, `self` or `system`."""
    return _GROUPS[kind]


def check(
    draft: Draft,
    notes: Mapping[str, Note],
    subject_id: str | None = None,
    subject_names: Sequence[str] = (),
    people: int | None = None,
) -> list[Failure]:
    """All failures of a sentence; an empty list means that it may stand.

    `notes` are those about the subject, `subject_names` the names that the subject goes by, and `people` the number of
    authors in the pack, the most that "n of m" may name (by default the number of notes).
    """
    cited = [notes[note_id] for note_id in dict.fromkeys(draft.citations) if note_id in notes]
    failures = _citation(draft, notes)
    if not cited:
        return failures
    failures += _person(draft, cited, subject_id, subject_names)
    failures += _speakers(draft, cited)
    failures += _quotes(draft, cited)
    failures += _quantifiers(draft, cited, people or len(notes))
    failures += _absolutes(draft, cited)
    if draft.conflict:
        failures += _conflict(draft, cited)
        return failures
    bare = _FRAME.sub("", _COUNTED.sub(" ", draft.text))
    failures += _customers_words(bare, cited)
    failures += _content(bare, cited, subject_names)
    return failures


def _speakers(draft: Draft, cited: Sequence[Note]) -> list[Failure]:
    """Who is said to speak is who wrote the notes: "one manager", "2 of 5 customers", "people"."""
    failures = []
    for match in filter(None, (_FRAME.match(draft.text), _COUNTED.search(draft.text))):
        said = match.groupdict()
        wanted = _SPEAKERS.get((said["who"] or said.get("zh") or "").lower())
        if wanted is not None and {note.kind for note in cited} != {wanted}:
            failures.append(Failure("source", match.group().strip()))
        if said.get("several") and len(cited) < 2:
            failures.append(Failure("quantifier", match.group().strip()))
    return failures


def _citation(draft: Draft, notes: Mapping[str, Note]) -> list[Failure]:
    if not draft.citations:
        return [Failure("citation", "no note is cited")]
    unknown = [note_id for note_id in draft.citations if note_id not in notes]
    return [Failure("citation", f"not a note of the pack: {', '.join(unknown)}")] if unknown else []


def _quotes(draft: Draft, cited: Sequence[Note]) -> list[Failure]:
    texts = [_alike(note.text) for note in cited]
    failures = []
    for match in _QUOTED.finditer(draft.text):
        quote = next(group for group in match.groups() if group)
        if not any(_alike(quote).rstrip(".。!！") in text for text in texts):
            failures.append(Failure("quote", quote))
    return failures


def _customers_words(text: str, cited: Sequence[Note]) -> list[Failure]:
    """A sentence on customers' notes is a run of words of one of them, as it stands there."""
    if {note.kind for note in cited} != {NoteKind.CUSTOMER} or any(_verbatim(text, note) for note in cited):
        return []
    return [Failure("quote", "a customer's words are not put differently")]


def _verbatim(text: str, note: Note) -> bool:
    return _alike(text).strip(_AROUND) in _alike(note.text)


def _alike(text: str) -> str:
    """The normal form with all quotation marks alike: those inside of a quotation are single."""
    return normal(text).replace("'", '"')


def _whole(text: str, note: Note) -> bool:
    """Whether the text is one or more whole sentences of the note: a part of one may mean something else."""
    said = _alike(text).strip(_AROUND)
    if not _verbatim(text, note):
        return False
    spans = sentences(note.text)
    heads = [span.start for span in spans if said.startswith(_alike(span.of(note.text)).strip(_AROUND)[: len(said)])]
    return any(
        _alike(note.text[head : span.end]).strip(_AROUND) == said for head in heads for span in spans if span.end > head
    )


def _conflict(draft: Draft, cited: Sequence[Note]) -> list[Failure]:
    """A conflict is nothing but quotations, of at least two notes, each carrying its own."""
    quotes = [next(group for group in match.groups() if group) for match in _QUOTED.finditer(draft.text)]
    if len(quotes) < 2 or len(cited) < 2:
        return [Failure("coverage", "a conflict quotes two notes")]
    owners = {note.id for quote in quotes for note in cited if _verbatim(quote, note) and not _against(quote, note, ())}
    silent = [note.id for note in cited if note.id not in owners]
    rest = _QUOTED.sub(" ", draft.text)
    failures = [Failure("coverage", f"cited but not quoted: {note_id}") for note_id in silent]
    failures += [Failure("figure", rest[q.start : q.end]) for q in quantities(rest)]
    return failures


@lru_cache(maxsize=1024)
def _stated(text: str) -> tuple[Quantity, ...]:
    """The quantities of a note, which many sentences are held against."""
    return tuple(quantities(text))


def figure_in(quantity: Quantity, note: Note) -> bool:
    """Whether a note states the quantity: the same normal form, or a date that the note gives more fully."""
    have = _stated(note.text)
    if any(quantity.key == each.key for each in have):
        return True
    if quantity.kind is Kind.CODE:
        return re.search(rf"(?<![a-z0-9]){re.escape(quantity.key[5:])}(?![a-z0-9])", fold(note.text)) is not None
    if quantity.kind is not Kind.DATE:
        return False
    dates = [each.key[5:] for each in have if each.kind is Kind.DATE]
    if note.date and re.fullmatch(r"\d{4}-\d\d-\d\d.*", note.date):
        year, month, day = (int(part) for part in note.date[:10].split("-"))
        # the day of writing stands in for the event's only when the text names no day of its own
        own_day = any(re.search(r"-\d+$", date) or date.startswith("weekday") for date in dates)
        dates += [f"{year}{date[1:]}" for date in dates if date.startswith("*")]
        if not own_day:
            dates += [f"{year}-{month}-{day}", f"{year}-q{(month + 2) // 3}"]
    return any(_date_within(quantity.key[5:], date) for date in dates)


def _date_within(said: str, given: str) -> bool:
    mine, other = said.split("-"), given.split("-")
    return len(mine) == len(other) and all(part in {"*", full} for part, full in zip(mine, other, strict=True))


def _content(text: str, cited: Sequence[Note], subject_names: Sequence[str]) -> list[Failure]:
    """Figures, names, direction and coverage, all borne by one cited note: the one with the fewest failures counts."""
    best: list[Failure] | None = None
    for note in cited:
        failures = _against(text, note, subject_names)
        if not failures:
            return []
        if best is None or len(failures) < len(best):
            best = failures
    return best or []


def _against(text: str, note: Note, subject_names: Sequence[str]) -> list[Failure]:
    source = normal(note.text)
    if _whole(text, note):
        return []
    failures = [Failure("figure", text[q.start : q.end].strip()) for q in quantities(text) if not figure_in(q, note)]
    for span in name_like(text):
        name = normal(span.of(text))
        if name in source or any(normal(known) in name or name in normal(known) for known in subject_names):
            continue
        # a capital at the head of a sentence makes a common word look like a name
        heads = name.isascii() and " " not in name and any(span.start == each.start for each in sentences(text))
        if heads and _is_plain_word(text, span, source):
            continue
        failures.append(Failure("name", span.of(text)))
    if failures:
        return failures
    failures = _directions(text, note)
    called = (*subject_names, *_OWN_WORDS) if note.kind is NoteKind.SELF else subject_names
    return failures + [Failure("coverage", what) for what in departures(text, note.text, called)]


def _is_plain_word(text: str, span: Span, source: str) -> bool:
    """Whether a capitalised word that heads a sentence is no name: nobody acts by it, or the source has its stem."""
    stems = set(terms(source))
    return any(term in stems for term in terms(span.of(text))) or span not in names(text)


def _directions(text: str, note: Note) -> list[Failure]:
    """Each clause against the clause of the note that it is closest to."""
    pieces = _pieces(note.text) or {note.text: set(terms(note.text))}
    holders: dict[str, dict[str, None]] = {}
    """The pieces that hold a term: without it a long list is compared with a long list, item by item."""
    for piece, held in pieces.items():
        for term in held:
            holders.setdefault(term, {})[piece] = None
    whole = {(d.axis, d.sign) for d in directions(note.text)}
    failures = []
    for clause in [piece for piece in _CLAUSES.split(text) if terms(piece)]:
        near = _nearest(set(terms(clause)), pieces, holders)
        mine = {(d.axis, d.sign) for d in directions(clause) if d.axis in _PERSONAL_AXES}
        theirs = {(d.axis, d.sign) for d in directions(near)}
        for axis, sign in sorted(mine):
            if (axis, sign) in theirs or ((axis, sign) in whole and (axis, -sign) not in theirs):
                continue
            opposite = (axis, -sign) in whole
            if opposite or axis in {"time", "change", "consent", "presence"}:
                failures.append(Failure("direction", clause.strip()))
        if not failures and not mine and bool(negations(clause)) != bool(negations(near)) and not _undone(clause, near):
            failures.append(Failure("direction", clause.strip()))
    return failures


def _pieces(text: str) -> dict[str, set[str]]:
    """The clauses that say something, with their terms."""
    said = {piece: set(terms(piece)) for piece in dict.fromkeys(_CLAUSES.split(text))}
    return {piece: held for piece, held in said.items() if held}


def _nearest(wanted: set[str], pieces: Mapping[str, set[str]], holders: Mapping[str, Mapping[str, None]]) -> str:
    """The piece that shares most with a clause for what else it says; the first one when none shares anything."""
    sharing = {piece for term in wanted for piece in holders.get(term, ())}
    if not sharing:
        return next(iter(pieces))
    return max(
        (piece for piece in pieces if piece in sharing) if len(sharing) > 1 else sharing,
        key=lambda piece: len(wanted & pieces[piece]) / (1 + len(pieces[piece] - wanted) / 8),
    )


def _undone(clause: str, near: str) -> bool:
    """Whether "failed to attend" and "did not attend" meet: both negated by different means."""
    return bool(directions(clause)) and {(d.axis, d.sign) for d in directions(clause)} <= {
        (d.axis, d.sign) for d in directions(near)
    }


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda match: " " * len(match.group()), text)


def _quantifiers(draft: Draft, cited: Sequence[Note], people: int) -> list[Failure]:
    failures = []
    authors = {note.author_id or note.id for note in cited}
    for match in _COUNTED.finditer(draft.text):
        said, of = int(match["n"] or match["n2"]), int(match["m"] or match["m2"])
        if said not in {len(authors), len(cited)} or of < said or of > max(people, len(cited)):
            failures.append(Failure("quantifier", match.group()))
    rest = _COUNTED.sub(" ", _unquoted(draft.text))
    if _COUNTED.search(draft.text):
        return failures
    for match in _QUANTIFIER.finditer(fold(rest)):
        if not match["who"] and not match["zh"]:
            continue  # "most of the panel": not a claim about who says so
        if any(match.group().strip() in fold(note.text) for note in cited):
            continue
        failures.append(Failure("quantifier", match.group().strip()))
    return failures


def _absolutes(draft: Draft, cited: Sequence[Note]) -> list[Failure]:
    if len(cited) >= ABSOLUTE_NOTES:
        return []
    return [Failure("absolute", match.group()) for match in ABSOLUTE.finditer(fold(_unquoted(draft.text)))]


def _person(draft: Draft, cited: Sequence[Note], subject_id: str | None, subject_names: Sequence[str]) -> list[Failure]:
    failures = [
        Failure("person", f"{note.id} is about somebody else")
        for note in cited
        if subject_id is not None and note.subject_id not in {None, subject_id}
    ]
    groups = {group_of(note.kind) for note in cited}
    if len(groups) > 1 and not draft.conflict:
        failures.append(Failure("source", " and ".join(sorted(groups))))
    text = fold(_unquoted(draft.text))
    for group, pattern in _ATTRIBUTED:
        found = pattern.search(text)
        if found and group not in groups and not any(found.group() in fold(note.text) for note in cited):
            failures.append(Failure("source", found.group()))
    if not draft.conflict and subject_names:
        from_others = somebody_else(draft.text, subject_names)
        if from_others:
            failures.append(Failure("person", from_others))
    return failures
