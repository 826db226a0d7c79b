"""Which pages of an upload make which document, and in which order.

A page's printed code names its sheet of paper and its page of the form. Where no code was read, only what its sender
said is known, or that one file usually is one form; what remains open is marked for a person, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST_DOCUMENT = 20
"""Pages of one document; more in a file without codes are a pile of forms."""


@dataclass(frozen=True, slots=True)
class PageFound:
    """One page of an upload."""

    file: int
    """Position of its file in the upload."""
    sheet: str | None = None
    """Sheet id of its code; None: none was read."""
    page: int | None = None
    """Page number of its code."""


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Pages that make a document, as indices of the pages found, in the document's order."""

    pages: tuple[int, ...]
    sheet: str | None
    unsure: bool
    """Whether a page without a code is here or stands alone though it may belong to another document."""


def group_pages(
    pages: Sequence[PageFound], *, together: bool = False, pages_per_document: int | None = None
) -> list[PageGroup]:
    """The documents of an upload, in the order of their first pages. Every page is in exactly one.

    Pages of one sheet are one document, whatever files they came in, by their page numbers; a second picture of the
    same page begins another one, so that a bad picture cannot spoil a good one. Pages without a code are
    taken `pages_per_document` at a time where the sender said how many; else those of one file (with `together`: of
    all files) belong together, and to the one sheet that occurs among them. Among several sheets each stands alone.
    """
    sheets: dict[str, list[int]] = {}
    for index, page in enumerate(pages):
        if page.sheet is not None:
            sheets.setdefault(page.sheet, []).append(index)
    joined: dict[str, list[int]] = {}
    groups: list[PageGroup] = []
    for scope in _scopes(pages, together):
        without = [index for index in scope if pages[index].sheet is None]
        if not without:
            continue
        among = {sheet for index in scope if (sheet := pages[index].sheet) is not None}
        if pages_per_document is not None:
            groups.extend(
                PageGroup(tuple(without[start : start + pages_per_document]), None, bool(among))
                for start in range(0, len(without), pages_per_document)
            )
        elif len(among) == 1:
            joined.setdefault(next(iter(among)), []).extend(without)
        elif among or len(without) > LONGEST_DOCUMENT:
            groups.extend(PageGroup((index,), None, True) for index in without)
        else:
            groups.append(PageGroup(tuple(without), None, False))
    for sheet, indices in sheets.items():
        more = joined.get(sheet, [])
        for pictures in _pictures(pages, indices):
            groups.append(PageGroup(_ordered(pages, pictures, more), sheet, bool(more)))
            more = []
    return sorted(groups, key=lambda group: min(group.pages))


def _pictures(pages: Sequence[PageFound], coded: Sequence[int]) -> list[list[int]]:
    """The first pictures of a sheet's pages, the second ones of those that have two, and so on."""
    rounds: list[list[int]] = []
    seen: Counter[int | None] = Counter()
    for index in coded:
        place = seen[pages[index].page]
        seen[pages[index].page] += 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(index)
    return rounds


def _scopes(pages: Sequence[PageFound], together: bool) -> list[list[int]]:
    """Indices of the pages among which those without a code belong together."""
    if together:
        return [list(range(len(pages)))]
    files: dict[int, list[int]] = {}
    for index, page in enumerate(pages):
        files.setdefault(page.file, []).append(index)
    return list(files.values())


def _ordered(pages: Sequence[PageFound], coded: Sequence[int], without: Sequence[int]) -> tuple[int, ...]:
    """By page number where there is one; a page without a code keeps its place behind the page that came before it."""
    place: Mapping[int, float] = {index: float(pages[index].page or 0) for index in coded}
    behind = {index: max((place[other] for other in coded if other < index), default=0.0) + 0.5 for index in without}
    return tuple(sorted([*coded, *without], key=lambda index: (place.get(index, behind.get(index, 0.0)), index)))
