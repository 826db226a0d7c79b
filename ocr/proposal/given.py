"""Fields that a blank PDF has as form fields: place, kind and entries are known; what they are called is printed.

What rules find on the picture at the same place lends its label, its type and its questions of several boxes. Where
they find nothing, the nearest words do, then the tooltip, then the field's name if it says anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocr.contract import Box, FieldType, Option
from ocr.form_fields.contract import TICKED, FieldKind, PageField
from ocr.proposal.choices import option_value, words
from ocr.proposal.page import BlankPrint, Draft, bare, shared
from ocr.proposal.words import Piece
from ocr.vocabulary import letters, term_of, type_of

ASIDE_MM = 60.0
"""A label ends this near to the left of its field."""
ABOVE_MM, BELOW_MM = 9.0, 6.0
OPTION_MM = 8.0
"""The words of a tick box begin or end this near to it."""
SAME_PLACE = 0.4

_SAYS_NOTHING = re.compile(
    r"(?:text|field|box|check|checkbox|radio|button|group|combo|combobox|list|listbox|dropdown|undefined|untitled|"
    r"signature|date|f|c|t|tx|txt|cb|rb|文本|文本框|文本域|字段|域|复选框|单选|单选按钮|组合框|下拉列表|签名)[\s_\-.\d]*",
    re.IGNORECASE,
)
_MADE_UP_STATE = re.compile(r"(?:on|yes|off|ja|oui|true|x|是|choice|option|选择|选项|value)?[\s_\-]*\d*", re.IGNORECASE)


def with_given(page: BlankPrint, seen: Sequence[Draft], fields: Sequence[PageField], known: set[str]) -> list[Draft]:
    """The drafts of a page that has form fields: one for each of them, and those found on the picture elsewhere.

    `known` are names that earlier pages have: further places of those hold the same and ask nothing more.
    """
    ours = [field for field in fields if field.name not in known and not field.read_only]
    drafts: list[Draft] = []
    groups = _groups(ours)
    boxes = [field for group in groups for field in group if field.kind in TICKED]
    drafts.extend(_ticked(page, seen, [group for group in groups if group[0].kind in TICKED], boxes))
    words_taken = {id(piece) for draft in drafts for piece in _words_of_options(page, draft)}
    for first, *_ in groups:
        if first.kind not in TICKED:
            drafts.append(_written(page, seen, first, ours, words_taken))
    # A field that only a machine fills in is none that a person is asked for, however it looks.
    drafts.extend(draft for draft in seen if not any(_lies_on(draft, field.box_mm) for field in fields))
    known.update(field.name for field in fields)
    return drafts


def _groups(fields: Iterable[PageField]) -> list[list[PageField]]:
    """The places of each field, fields in the order of their first place."""
    groups: dict[str, list[PageField]] = {}
    for field in fields:
        groups.setdefault(field.name, []).append(field)
    return list(groups.values())


def _written(
    page: BlankPrint, seen: Sequence[Draft], field: PageField, others: Sequence[PageField], taken: set[int]
) -> Draft:
    """A field that is typed, chosen from a list, or signed."""
    like = max(
        (draft for draft in seen if not draft.options and _common(draft.box, field.box_mm) > SAME_PLACE),
        key=lambda draft: _common(draft.box, field.box_mm),
        default=None,
    )
    label = like.label if like is not None and bare(like.label) else _near(page, field, others, taken)
    label = label or _said(field)
    kind = like.type if like is not None else type_of(bare(label))
    draft = Draft(field.box_mm, label, _type(field, kind), weight=like.weight if like else None, pdf_field=field.name)
    if field.kind is FieldKind.CHOICE and field.options:
        draft = replace(draft, type=FieldType.CHOICE, listed=True, weight=None, options=_listed(field))
    return draft


def _type(field: PageField, kind: FieldType) -> FieldType:
    """The type by what the file knows, else by what the label asks for."""
    if field.kind is FieldKind.SIGNATURE:
        return FieldType.SIGNATURE
    if field.asks == "date":
        return FieldType.DATE
    if field.asks == "number":
        return kind if kind is FieldType.SCORE else FieldType.NUMBER
    if field.kind is FieldKind.LONG_TEXT:
        return FieldType.LONG_TEXT if kind is FieldType.TEXT else kind
    return FieldType.TEXT if kind in (FieldType.LONG_TEXT, FieldType.CHOICE) else kind


def _listed(field: PageField) -> tuple[Option, ...]:
    """The entries of a list; an entry that stores nothing only says that one is to be chosen."""
    options = []
    values: set[str] = set()
    for number, entry in enumerate(field.options, start=1):
        if not entry.value.strip() or not entry.label.strip():
            continue
        value = _own_value(entry.value, entry.label, number)
        if value not in values:
            values.add(value)
            options.append(Option(value, words(entry.label), field.box_mm, pdf_state=entry.value))
    return tuple(options)


def _ticked(
    page: BlankPrint, seen: Sequence[Draft], groups: Sequence[Sequence[PageField]], boxes: Sequence[PageField]
) -> list[Draft]:
    """Questions of boxes: those of one name, and single boxes that the print puts together to one question."""
    drafts: list[Draft] = []
    done: set[int] = set()
    alone = [group[0] for group in groups if len(group) == 1]
    for draft in seen:
        pairs = [(option, _at(option.box_mm, alone)) for option in draft.options]
        found = [(option, field) for option, field in pairs if field is not None and id(field) not in done]
        if len(found) >= 2:
            done.update(id(field) for _, field in found)
            options = tuple(_option(option, field, n) for n, (option, field) in enumerate(found, start=1))
            drafts.append(replace(draft, options=options))
    for group in groups:
        places = [field for field in group if id(field) not in done]
        if not places:
            continue
        like = max(seen, key=lambda draft: _alike(draft, places), default=None)
        if like is not None and _alike(like, places):
            printed = {id(field): option for option in like.options if (field := _at(option.box_mm, places))}
        else:
            like, printed = None, {}
        drafts.append(_question(page, like, printed, places, boxes))
    return drafts


def _question(
    page: BlankPrint,
    like: Draft | None,
    printed: dict[int, Option],
    places: Sequence[PageField],
    boxes: Sequence[PageField],
) -> Draft:
    """One question by the places of one field."""
    options = []
    said: set[int] = set()
    for number, field in enumerate(places, start=1):
        option = printed.get(id(field))
        if option is None:
            piece = _option_piece(page, field, boxes)
            if piece is not None:
                said.add(id(piece))
            text = bare(piece.text) if piece is not None else ""
            text = text or (field.export if field.export and _tells(field.export) else str(number))
            option = Option(option_value(text, number), words(text), field.box_mm)
        options.append(_option(option, field, number))
    first = places[0]
    label = like.label if like is not None and bare(like.label) else ""
    if not label and len(places) > 1:
        label = _near(page, first, boxes, said)
    if not label and len(places) == 1:
        label = options[0].label.zh if options[0].label.zh != "1" else ""
    x0, y0 = (min(field.box_mm[axis] for field in places) for axis in (0, 1))
    x1, y1 = (max(field.box_mm[axis] + field.box_mm[axis + 2] for field in places) for axis in (0, 1))
    box = (x0, y0, x1 - x0, y1 - y0)
    kind = like.type if like is not None and like.options else FieldType.CHOICE
    return Draft(box, label or _said(first), kind, _distinct(options), pdf_field=first.name)


def _option(option: Option, field: PageField, number: int) -> Option:
    """A printed option as the form field knows it: its own value where that says anything."""
    value = _own_value(field.export or "", option.value, number)
    return replace(option, value=value, box_mm=field.box_mm, pdf_field=field.name, pdf_state=field.state)


def _own_value(export: str, said: str, number: int) -> str:
    if _tells(export):
        return export.strip()[:100]
    return said.strip()[:100] or str(number)


def _tells(export: str) -> bool:
    """Whether a stored value is one that somebody chose, rather than a number or a yes of the program's own."""
    return bool(export.strip()) and _MADE_UP_STATE.fullmatch(export.strip()) is None


def _distinct(options: Sequence[Option]) -> tuple[Option, ...]:
    seen: dict[str, int] = {}
    made = []
    for option in options:
        count = seen[option.value] = seen.get(option.value, 0) + 1
        made.append(option if count == 1 else replace(option, value=f"{option.value}_{count}"))
    return tuple(made)


def _near(page: BlankPrint, field: PageField, others: Sequence[PageField], taken: set[int]) -> str:
    """The words that stand left of a place, above it, or below it, with no other field between."""
    x, y, w, h = field.box_mm
    pieces = [piece for piece in page.pieces if id(piece) not in taken and bare(piece.text)]
    left = [
        piece for piece in pieces if -1.0 < x - piece.right + 1.0 < ASIDE_MM and y - 1 < piece.middle[1] < y + h + 1
    ]
    left = [piece for piece in left if not _between(piece, field, others)]
    if left:
        nearest = max(left, key=lambda piece: piece.right)
        row = [piece for piece in left if nearest.left - piece.right < 4 and abs(piece.top - nearest.top) < 3]
        return " ".join(piece.text for piece in sorted(row, key=lambda piece: piece.left))
    within = [piece for piece in pieces if shared(x, w, piece.left, piece.box[2]) > 0.5]
    over = [(y - piece.bottom, piece) for piece in within if not _in_a_field(piece, others)]
    under = [(piece.top - y - h, piece) for _, piece in over]
    for reach, near in ((ABOVE_MM, over), (BELOW_MM, under)):
        found = [(gap, piece) for gap, piece in near if -1.0 < gap < reach]
        if found:
            return min(found, key=lambda pair: pair[0])[1].text
    return ""


def _between(piece: Piece, field: PageField, others: Sequence[PageField]) -> bool:
    x, y, _, h = field.box_mm
    return any(
        piece.right - 1 < other.box_mm[0] and other.box_mm[0] + other.box_mm[2] < x + 1
        for other in others
        if other is not field and shared(y, h, other.box_mm[1], other.box_mm[3]) > 0.5
    )


def _in_a_field(piece: Piece, others: Sequence[PageField]) -> bool:
    x, y = piece.middle
    return any(o[0] < x < o[0] + o[2] and o[1] < y < o[1] + o[3] for o in (other.box_mm for other in others))


def _option_piece(page: BlankPrint, field: PageField, boxes: Sequence[PageField]) -> Piece | None:
    """The words of one tick box: right of it, else left of it."""
    x, y, w, h = field.box_mm
    row = [piece for piece in page.pieces if abs(piece.middle[1] - y - h / 2) < max(0.6 * h, 0.6 * piece.box[3])]
    after = [piece for piece in row if -0.8 < piece.left - x - w < OPTION_MM and not _at(piece.box, boxes)]
    if after:
        return min(after, key=lambda piece: piece.left)
    before = [piece for piece in row if -0.8 < x - piece.right < OPTION_MM]
    return max(before, key=lambda piece: piece.right, default=None)


def _words_of_options(page: BlankPrint, draft: Draft) -> list[Piece]:
    said = {letters(word) for option in draft.options for word in (option.label.zh, option.label.en)}
    return [piece for piece in page.pieces if letters(piece.text) in said]


def _said(field: PageField) -> str:
    """What the file calls a field: its tooltip, or its name where that is a word."""
    if field.tooltip and bare(field.tooltip):
        return " ".join(field.tooltip.split())[:200]
    last = re.sub(r"\[\d+\]", "", field.name).split(".")[-1]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-]+", " ", last).strip()
    if term_of(spaced) is not None:
        return spaced
    return "" if _SAYS_NOTHING.fullmatch(last) else spaced[:200]


def _at(box: Box, fields: Sequence[PageField]) -> PageField | None:
    """The form field whose middle lies in a box, or that holds the box's middle."""
    x, y, w, h = box
    for field in fields:
        fx, fy, fw, fh = field.box_mm
        if abs(x + w / 2 - fx - fw / 2) < max(w, fw) / 2 and abs(y + h / 2 - fy - fh / 2) < max(h, fh) / 2:
            return field
    return None


def _alike(draft: Draft, places: Sequence[PageField]) -> int:
    """How many options of a draft are places of a field."""
    return sum(_at(option.box_mm, places) is not None for option in draft.options)


def _lies_on(draft: Draft, box: Box) -> bool:
    if draft.options:
        return any(_common(option.box_mm, box) > SAME_PLACE for option in draft.options)
    return _common(draft.box, box) > 0.2


def _common(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height) / min(one[2] * one[3], other[2] * other[3])
