"""What a template requires of a file: which of it is there, and where."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ml.metrics.blocks import Block, Document, Heading, Table, is_picture_mark
from ml.metrics.contract import Checked, Kind, Metric, Outcome, Place, Requirement, RequirementKind

Words = tuple[re.Pattern[str], ...]

CAPTION_LENGTH = 100
_CAPTION = re.compile(r"^\s*(?:图|截图|附图|figure|fig\.?|screenshot)|(?:截图|如图|screenshot|chart)", re.IGNORECASE)
_PARTS = re.compile(r"[a-z0-9._%+-]+|[^\W_a-z0-9]+")


def check(requirements: Sequence[Requirement], metrics: Sequence[Metric], document: Document) -> tuple[Checked, ...]:
    """The answer to each requirement, in their order."""
    return tuple(_check(wanted, metrics, document) for wanted in requirements)


def _check(wanted: Requirement, metrics: Sequence[Metric], document: Document) -> Checked:
    if wanted.kind is RequirementKind.METRIC:
        return _metric(wanted, metrics)
    words = tuple(_words(word) for word in wanted.words)
    if wanted.kind is RequirementKind.SECTION:
        return _section(wanted, words, document)
    return _picture(wanted, words, document)


def _metric(wanted: Requirement, metrics: Sequence[Metric]) -> Checked:
    """Found where it was measured; a target or an example alone is no result."""
    about = [metric for metric in metrics if metric.metric == wanted.metric]
    for metric in about:
        if metric.kind is Kind.MEASURED:
            return Checked(wanted.key, Outcome.FOUND, metric.snippet or metric.raw, metric.where)
    for metric in about:
        return Checked(wanted.key, Outcome.UNCLEAR, metric.snippet or metric.raw, metric.where)
    return Checked(wanted.key, Outcome.MISSING)


def _section(wanted: Requirement, words: Sequence[Words], document: Document) -> Checked:
    """A heading that has one of the words, and something below it before the next one of its level."""
    unclear: Checked | None = None
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Heading) or not _has(block.text, words):
            continue
        if any(_says_something(below) for below in _below(document.blocks, at, block.level)):
            return Checked(wanted.key, Outcome.FOUND, block.text, block.where)
        unclear = unclear or Checked(wanted.key, Outcome.UNCLEAR, block.text, block.where)
    return unclear or Checked(wanted.key, Outcome.MISSING)


def _below(blocks: Sequence[Block], at: int, level: int) -> Iterator[Block]:
    for block in blocks[at + 1 :]:
        if isinstance(block, Heading) and block.level <= level:
            return
        yield block


_EMPTY = frozenset({"", "-", "–", "—", "/", "n/a", "na", "tbd", "todo", "待补充", "待填写", "待定", "略"})
"""What people leave in a section that they have not written; "无" and "none" are answers."""


def _says_something(block: Block) -> bool:
    if isinstance(block, Heading):
        return False
    if isinstance(block, Table):
        filled = [cell for row in block.rows[1:] for cell in row if _folded(cell.text) not in _EMPTY]
        return bool(filled)
    if is_picture_mark(block):
        return True
    return _folded(block.text).strip(" .。…:：()（）[]【】<>《》") not in _EMPTY


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture of the document: its mark, the blocks that were read in it, and what stands around it."""

    where: Place
    inside: tuple[Block, ...]
    around: tuple[Block, ...]


def _picture(wanted: Requirement, words: Sequence[Words], document: Document) -> Checked:
    """A picture by the words in it, by its caption, or by the heading over it; a caption alone is unclear, but for a
    caption on a PDF page that holds a picture."""
    pictures = list(_pictures(document))
    for picture in pictures:
        for block in picture.inside:
            for text, where in _texts(block):
                if _has(text, words):
                    return Checked(wanted.key, Outcome.FOUND, text, where)
    for picture in pictures:
        for block in picture.around:
            text = "" if isinstance(block, Table) else block.text
            if len(text) <= CAPTION_LENGTH and _has(text, words):
                return Checked(wanted.key, Outcome.FOUND, text, picture.where)
    for block in document.blocks:
        if not isinstance(block, Table) and _CAPTION.search(block.text) and _has(block.text, words):
            there = block.where.page in document.pictured_pages
            return Checked(wanted.key, Outcome.FOUND if there else Outcome.UNCLEAR, block.text, block.where)
    # A picture in which nothing was read and that nobody named may be the one: a person must look.
    for picture in pictures:
        if not picture.inside and not any(
            _CAPTION.search(text) for block in picture.around for text, _ in _texts(block)
        ):
            return Checked(wanted.key, Outcome.UNCLEAR, "", picture.where)
    return Checked(wanted.key, Outcome.MISSING)


def _pictures(document: Document) -> Iterator[_Picture]:
    """Pictures by their marks: lines without text at the place of an image, before what was read in it."""
    blocks = document.blocks
    for at, block in enumerate(blocks):
        if not is_picture_mark(block):
            continue
        end = at + 1
        while end < len(blocks) and not is_picture_mark(blocks[end]) and _image_of(blocks[end]) == block.where.image:
            end += 1
        before = _nearest(reversed(blocks[:at]))
        after = _nearest(iter(blocks[end:]))
        yield _Picture(block.where, tuple(blocks[at + 1 : end]), tuple(filter(None, (after, before))))


def _nearest(blocks: Iterator[Block]) -> Block | None:
    """The next block that says something and is no part of a picture."""
    for block in blocks:
        if is_picture_mark(block):
            return None
        if any(text.strip() for text, _ in _texts(block)):
            return None if _image_of(block) is not None else block
    return None


def _image_of(block: Block) -> int | None:
    if isinstance(block, Table):
        return block.rows[0][0].where.image if block.rows and block.rows[0] else None
    return block.where.image


def _texts(block: Block) -> Iterator[tuple[str, Place]]:
    if isinstance(block, Table):
        for row in block.rows:
            yield " ".join(cell.text for cell in row), row[0].where if row else Place()
    else:
        yield block.text, block.where


def _words(text: str) -> Words:
    """What must all occur for a word of a requirement to count: its parts, apart where the script changes."""
    return tuple(_part(part) for part in _PARTS.findall(_folded(text)))


def _part(part: str) -> re.Pattern[str]:
    if part.isascii():
        return re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?:s|es)?(?![a-z0-9])")
    return re.compile(re.escape(part))


def _has(text: str, words: Sequence[Words]) -> bool:
    folded = _folded(text)
    return any(all(part.search(folded) for part in parts) for parts in words if parts)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
