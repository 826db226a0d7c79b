"""Reading forms: pictures in, a `FormReading` out. How the parts of this package work together.

A page is recognised by its QR code, or by which form's labels it shows; it is placed by its markers, by likeness to
the blank, or by its labels, whichever first stands up to `ocr.labels`; then its fields are read. A page that does not
stand up is not read at all, and the reading says what to do about the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import cv2
import numpy as np

from ocr import register
from ocr.alignment import Placement
from ocr.arrays import Picture, Points
from ocr.blank import BlankPage, blank_pages
from ocr.confidence import FLAT_MM, template_score
from ocr.contract import (
    Code,
    FieldReading,
    FormReading,
    Line,
    MatchedBy,
    PageReading,
    PublishedForm,
    Retake,
    Suggestion,
    TemplateCandidate,
)
from ocr.drift import adrift, in_part, label_lines, set_right
from ocr.engine import Engine, EngineOptions
from ocr.fields import jpeg, read_fields, unknown
from ocr.form_fields.contract import PageFields
from ocr.form_fields.given import given_by
from ocr.form_fields.reading import MOST_OF_THE_NAMES, agreement
from ocr.labels import LEAST_SEEN, Settled, by_lines, glance, settle
from ocr.likeness import candidates_by_words, rivals, shows_words_of
from ocr.loose import LooseReading, read_loosely, upright_lines
from ocr.register import Candidate, Features
from ocr.retake import illegible, refusal
from ocr.sharpness import blurred_all_over, sharpness
from ocr.suggestions import suggest

PAGE_QUALITY = 90
GOOD_SHARE = 0.8
"""Share of labels in place from which on no other placement is tried."""

BEYOND_DOUBT = 0.95
"""Share of labels in place from which on the lines of a picture are not matched in another way too."""

SAME_SHAPE = 0.005
"""By so much the shape of a PDF's page may differ from that of the form's page, of which it is one."""

MOST_COMPARED = 3
"""A picture whose form no code tells is compared in full with so many proposals, the most alike first."""


_HOPELESS = frozenset({Retake.BLURRED, Retake.TOO_SMALL, Retake.GLARE})
"""Reasons for which reading the whole picture cannot place a page either."""


class PictureError(ValueError):
    """The bytes are not a JPEG or PNG picture. Untrusted bytes go through `ocr.pages` first."""


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How a reader reads."""

    engine: EngineOptions = field(default_factory=EngineOptions)
    today: date | None = None
    """The day by which dates are judged plausible; None is the day of the reading."""


@dataclass(frozen=True)
class _Page:
    """What one picture gave."""

    upright: Picture
    settled: Settled | None = None
    loose: LooseReading | None = None
    code: Code | None = None
    retake: Retake | None = None
    fields: tuple[FieldReading, ...] = ()
    candidates: tuple[TemplateCandidate, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    warnings: tuple[str, ...] = ()
    """What was noticed about the page of a PDF before it was read."""


class Reader:
    """Implements `ocr.contract.FormReader`. Models load at the first reading and stay; one thread at a time."""

    def __init__(self, options: ReaderOptions | None = None) -> None:
        self.options = options or ReaderOptions()
        self.engine = Engine(self.options.engine)
        self._blanks: dict[tuple[str, int], tuple[BlankPage, ...]] = {}
        self._features: dict[tuple[str, int, int], Features] = {}

    def read_lines(self, picture: bytes) -> list[Line]:
        """All text of one upright picture (JPEG or PNG), in reading order.

        Raises `PictureError` for bytes that are no picture.
        """
        return self.engine.read(_decoded(picture))

    def read_form(
        self,
        pictures: Sequence[bytes],
        forms: Sequence[PublishedForm],
        filled: Sequence[PageFields | None] = (),
    ) -> FormReading:
        """Recognise which of `forms` the pictures (one a page) show, and read its fields.

        `filled` are the form fields of the pages, where they are pages of a PDF that has some.
        The pictures may lie on any side. Raises `PictureError` for bytes that are no picture, and `BlankError` for a
        form whose blank cannot be used.
        """
        pages = [page for form in forms for page in self._blank(form)]
        given = [*filled, *[None] * (len(pictures) - len(filled))]
        read = [self._read_page(_decoded(picture), pages, form) for picture, form in zip(pictures, given, strict=True)]
        return _combined(read, forms)

    def _blank(self, form: PublishedForm) -> tuple[BlankPage, ...]:
        key = (form.template.key, form.template.version)
        known = self._blanks.get(key)
        if known is None or known[0].template != form.template:
            known = self._blanks[key] = blank_pages(form)
            self._features = {name: kept for name, kept in self._features.items() if name[:2] != key}
        return known

    def _read_page(self, picture: Picture, pages: Sequence[BlankPage], filled: PageFields | None) -> _Page:
        if filled is None:
            return self._read_picture(picture, pages)
        read = self._read_filled(picture, pages, filled) if filled.fields or filled.texts else None
        return replace(read or self._read_picture(picture, pages), warnings=filled.warnings)

    def _read_filled(self, picture: Picture, pages: Sequence[BlankPage], filled: PageFields) -> _Page | None:
        """A PDF's page with form fields or text, if it lies as the page of a form does and shows its labels.

        Names propose the form, for two forms may have the same; what is printed decides.
        """
        shown = [page for page in pages if page.grey is not None and _same_size(page, picture)]
        agreeing = {id(page): agreement(page, filled) for page in shown}
        likely = [page for page in shown if agreeing[id(page)] >= MOST_OF_THE_NAMES]
        proposed = [(page, _as_it_lies(page, picture)) for page in likely or shown]
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        best: Settled | None = None
        for page, candidate in _most_alike(proposed, grey):
            settled = settle(candidate, picture, page, self.engine)
            rank = agreeing[id(page)], settled.rank
            if settled.confirmed and (best is None or rank > (agreeing[id(best.page)], best.rank)):
                best = settled
        if best is None:
            return None
        markers = register.find_markers(grey) if best.page.markers else {}
        best = replace(best, markers=sum(marker.id in markers for marker in best.page.markers))
        code = register.read_code(grey, best.page, best.placement)
        if code is not None and not _is_page(best.page, code):
            return None
        alike = () if code is not None else rivals(picture, best, likely or shown, self.engine)
        if alike:
            return _Page(picture, candidates=alike)
        given = given_by(filled, picture, best, self._today())
        return _Page(picture, best, code=code, fields=tuple(read_fields(best, self.engine, self._today(), given)))

    def _read_picture(self, picture: Picture, pages: Sequence[BlankPage]) -> _Page:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        markers = register.find_markers(grey)
        code = register.find_code(grey, markers, pages)
        if code is not None:
            pages = [page for page in pages if _is_page(page, code)]
            if not pages:
                return _Page(picture, code=code, retake=Retake.WRONG_FORM)
        best = self._placed(picture, grey, markers, pages)
        if best is not None and best[1].confirmed:
            upright, settled = best[0], self._straightened(*best)
            if code is None:
                code = register.read_code(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY), settled.page, settled.placement)
                if code is not None and not _is_page(settled.page, code):
                    return _Page(upright, settled, code=code, retake=Retake.WRONG_FORM)
            if code is None:
                alike = rivals(upright, settled, pages, self.engine)
                if alike:
                    return _Page(upright, candidates=alike)
            return self._read_settled(upright, settled, code)
        return self._without_confirmation(picture, markers, pages, code, best)

    def _read_settled(self, upright: Picture, settled: Settled, code: Code | None) -> _Page:
        """The fields of a page whose place is confirmed, unless the picture is too poor even so."""
        retake = refusal(settled, upright.shape)
        fields = () if retake else tuple(read_fields(settled, self.engine, self._today()))
        retake = retake or illegible(settled, fields)
        return _Page(upright, settled, code=code, retake=retake, fields=() if retake else fields)

    def _without_confirmation(
        self,
        picture: Picture,
        markers: dict[int, Points],
        pages: Sequence[BlankPage],
        code: Code | None,
        best: tuple[Picture, Settled] | None,
    ) -> _Page:
        """The whole picture is read: its lines may place the page, or be all there is to go by."""
        # Markers know which way is up; a likeness that was not confirmed may be a chance one.
        if best is not None and best[1].markers >= 2:
            return self._by_labels_near_markers(*best, pages, code)
        upright, lines = upright_lines(picture, self.engine)
        settled = self._placed_by_lines(upright, lines, dict.fromkeys(pages))
        if settled is not None:
            return self._read_settled(upright, settled, code)
        if code is None and len(markers) < 2:
            loose = read_loosely(upright, lines, pages, self._today())
            if loose is not None and shows_words_of(lines, loose.page):
                return _Page(upright, loose=loose, fields=loose.fields)
        # A picture of which nothing is known may still be a form that nobody registered.
        suggestions = () if code is not None else suggest(upright, lines, 1, self._today())
        if suggestions:
            return _Page(upright, candidates=candidates_by_words(lines, pages), suggestions=suggestions)
        if best is not None and code is not None:
            return _Page(best[0], best[1], code=code, retake=refusal(best[1], best[0].shape))
        known = {marker.id for page in pages for marker in page.markers}
        if code is not None or known & set(markers):
            return _Page(upright, code=code, retake=Retake.CORNER_MISSING)
        return _Page(upright, retake=Retake.BLURRED if blurred_all_over(upright) else Retake.NOT_A_FORM)

    def _straightened(self, upright: Picture, settled: Settled) -> Settled:
        """A confirmed placement, or a better one where it follows bent paper only in part."""
        if settled.bend_mm <= FLAT_MM:
            return settled
        if in_part(settled):
            features = register.features_of_picture(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY))
            proposed = register.by_features(features, settled.page, self._features_of(settled.page))
            # One of the two takes the paper for plane and one for bent: the other way is tried.
            for candidate in proposed:
                if (candidate.placement.warp is None) is (settled.proposed.warp is None):
                    continue
                other = settle(replace(candidate, markers=settled.markers), upright, settled.page, self.engine)
                settled = max(settled, other, key=lambda one: (one.confirmed, one.pieces_found))
        lost = adrift(settled) if settled.share_found < BEYOND_DOUBT else ()
        return set_right(upright, settled, lost, self.engine) if lost else settled

    def _by_labels_near_markers(
        self, upright: Picture, before: Settled, pages: Sequence[BlankPage], code: Code | None
    ) -> _Page:
        """A page whose markers show where it lies about, by the lines that may be its labels."""
        reason = refusal(before, upright.shape)
        if reason not in _HOPELESS:
            markers = register.find_markers(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY))
            near: dict[BlankPage, Placement | None] = {}
            for page in pages:
                # Corners stay where they are on bent paper, while a likeness follows only a part of it.
                proposed = [candidate.placement for candidate in register.by_markers(markers, page)[:1]]
                near[page] = next(iter(proposed), before.proposed if before.page is page else None)
            lines = label_lines(upright, self.engine.detect(upright), near, self.engine)
            settled = self._placed_by_lines(upright, lines, near)
            if settled is not None:
                return self._read_settled(upright, settled, code)
        return _Page(upright, before, code=code, retake=reason)

    def _placed_by_lines(
        self, upright: Picture, lines: Sequence[Line], pages: Mapping[BlankPage, Placement | None]
    ) -> Settled | None:
        """The best confirmed placement by the labels among the lines; each page with where it lies about, if known."""
        best: Settled | None = None
        for page, near in pages.items():
            for candidate in by_lines(lines, page, near) if page.grey is not None else ():
                settled = settle(candidate, upright, page, self.engine)
                if settled.confirmed and (best is None or settled.rank > best.rank):
                    best = settled
                if best is not None and best.share_found >= BEYOND_DOUBT:
                    return best
        return best

    def _placed(
        self, picture: Picture, grey: Picture, markers: dict[int, Points], pages: Sequence[BlankPage]
    ) -> tuple[Picture, Settled] | None:
        """The best placement of the best page, with the picture turned upright for it."""
        best: tuple[Picture, Settled] | None = None
        shown = [page for page in pages if page.grey is not None]
        proposed = [(page, candidate) for page in shown for candidate in register.by_markers(markers, page)]
        for page, candidate in _most_alike(proposed, grey):
            best = self._better(best, candidate, picture, page)
            if best[1].confirmed and best[1].share_found >= GOOD_SHARE:
                return best
        features = register.features_of_picture(grey)
        proposed = []
        for page in shown:
            seen = sum(marker.id in markers for marker in page.markers)
            found = register.by_features(features, page, self._features_of(page))
            if found:
                most_alike = found[0] if len(found) == 1 else max(found, key=lambda one: glance(one, grey, page))
                proposed.append((page, replace(most_alike, markers=seen)))
        for page, candidate in _most_alike(proposed, grey):
            best = self._better(best, candidate, picture, page)
        return best

    def _better(
        self, best: tuple[Picture, Settled] | None, candidate: Candidate, picture: Picture, page: BlankPage
    ) -> tuple[Picture, Settled]:
        turns = candidate.placement.quarter_turns()
        upright = np.ascontiguousarray(np.rot90(picture, turns))
        turned = Candidate(candidate.placement.turned(turns, picture.shape), candidate.matched_by, candidate.markers)
        settled = settle(turned, upright, page, self.engine)
        if best is None or settled.rank > best[1].rank:
            return upright, settled
        return best

    def _features_of(self, page: BlankPage) -> Features:
        key = (page.template.key, page.template.version, page.number)
        if key not in self._features:
            self._features[key] = register.features_of_blank(page)
        return self._features[key]

    def _today(self) -> date:
        return self.options.today or date.today()  # noqa: DTZ011  a paper's date is local


def _most_alike(proposed: list[tuple[BlankPage, Candidate]], grey: Picture) -> list[tuple[BlankPage, Candidate]]:
    """The proposals worth a comparison in full, the most alike first; one at least."""
    if len(proposed) <= 1:
        return proposed
    seen = [glance(candidate, grey, page) for page, candidate in proposed]
    order = sorted(range(len(proposed)), key=lambda index: -seen[index])[:MOST_COMPARED]
    return [proposed[index] for index in order if index == order[0] or seen[index] >= LEAST_SEEN]


def _same_size(page: BlankPage, picture: Picture) -> bool:
    height, width = picture.shape[:2]
    return bool(abs(width / height / (page.size_mm[0] / page.size_mm[1]) - 1) < SAME_SHAPE)


def _as_it_lies(page: BlankPage, picture: Picture) -> Candidate:
    """The placement of a page that fills its picture exactly."""
    height, width = picture.shape[:2]
    scale = np.diag([width / page.size_mm[0], height / page.size_mm[1], 1.0])
    return Candidate(Placement(scale, page.size_mm), MatchedBy.LAYOUT, 0)


def _decoded(picture: bytes) -> Picture:
    try:
        decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PictureError("the bytes are not a picture") from error
    if decoded is None:
        raise PictureError("the bytes are not a JPEG or PNG picture")
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)


def _is_page(page: BlankPage, code: Code) -> bool:
    template = page.template
    return (template.key, template.version, page.number) == (code.template_key, code.template_version, code.page)


def _combined(pages: Sequence[_Page], forms: Sequence[PublishedForm]) -> FormReading:
    """One reading of all pages: they must show one form, and one sheet of it."""
    warnings: list[str] = []
    retake = next((page.retake for page in pages if page.retake is not None), None)
    shown = {_template_of(page) for page in pages} - {None}
    if not pages:
        retake = Retake.NOT_A_FORM
    if retake is None and len(shown) > 1:
        retake = Retake.WRONG_FORM
        warnings.append("pages_of_different_forms")
    sheets = {page.code.sheet_id for page in pages if page.code is not None}
    if len(sheets) > 1:
        warnings.append("sheets_differ")
    template = next(iter(shown)) if len(shown) == 1 else None
    fields: dict[str, FieldReading] = {}
    if retake is None and template is not None:
        form = next(form.template for form in forms if (form.template.key, form.template.version) == template)
        for page in pages:
            for reading in page.fields:
                if reading.key in fields:
                    warnings.append("page_twice")
                else:
                    fields[reading.key] = reading
        for item in form.fields:
            if item.key not in fields:
                fields[item.key] = unknown(item, "page_missing")
                warnings.append("page_missing")
        order = [item.key for item in form.fields]
        fields = {key: fields[key] for key in order}
    for page in pages:
        warnings.extend(_warnings(page))
    if template is not None and not sheets and _has_other_version(template, forms):
        warnings.append("version_unsure")
    ways = [_way(page) for page in pages]
    return FormReading(
        template_key=template[0] if template else None,
        template_version=template[1] if template else None,
        matched_by=max(ways, key=list(MatchedBy).index) if ways else MatchedBy.NONE,
        score=min((_score(page) for page in pages), default=0.0),
        sheet_id=next(iter(sheets)) if len(sheets) == 1 else None,
        pages=tuple(_page_reading(number, page) for number, page in enumerate(pages, start=1)),
        fields=tuple(fields.values()),
        retake=retake,
        warnings=tuple(dict.fromkeys(warnings)),
        candidates=() if template or retake else _candidates(pages),
        suggestions=() if template or retake else _suggestions(pages),
    )


def _candidates(pages: Sequence[_Page]) -> tuple[TemplateCandidate, ...]:
    """The forms that any of the pages may show, each with its best score."""
    best: dict[tuple[str, int], TemplateCandidate] = {}
    for candidate in (candidate for page in pages for candidate in page.candidates):
        standing = best.get((candidate.key, candidate.version))
        if standing is None or candidate.score > standing.score:
            best[candidate.key, candidate.version] = candidate
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.key, -one.version)))


def _suggestions(pages: Sequence[_Page]) -> tuple[Suggestion, ...]:
    return tuple(
        replace(suggestion, page=number)
        for number, page in enumerate(pages, start=1)
        for suggestion in page.suggestions
    )


def _has_other_version(template: tuple[str, int], forms: Sequence[PublishedForm]) -> bool:
    return any(form.template.key == template[0] and form.template.version != template[1] for form in forms)


def _template_of(page: _Page) -> tuple[str, int] | None:
    if page.settled is not None and page.settled.confirmed:
        template = page.settled.page.template
    elif page.loose is not None:
        template = page.loose.page.template
    elif page.code is not None:
        return page.code.template_key, page.code.template_version
    else:
        return None
    return template.key, template.version


def _way(page: _Page) -> MatchedBy:
    if page.settled is not None and page.settled.confirmed:
        return page.settled.matched_by
    return MatchedBy.LABELS if page.loose is not None else MatchedBy.NONE


def _score(page: _Page) -> float:
    if page.settled is not None and page.settled.confirmed:
        return template_score(page.settled, page.code is not None)
    return page.loose.score if page.loose is not None else 0.0


def _warnings(page: _Page) -> list[str]:
    found = list(page.warnings)
    if page.settled is not None and page.settled.confirmed:
        if page.settled.page.code_box is not None and page.code is None:
            found.append("code_unreadable")
        if page.settled.bend_mm > FLAT_MM:
            found.append("paper_bent")
        if page.settled.markers < len(page.settled.page.markers):
            found.append("marker_missing")
    if page.loose is not None:
        found.append("matched_by_labels")
    return found


def _page_reading(number: int, page: _Page) -> PageReading:
    height, width = page.upright.shape[:2]
    settled = page.settled
    if settled is not None and settled.confirmed:
        number = settled.page.number
    found, expected = (page.loose.labels_found, page.loose.labels_expected) if page.loose else (0, 0)
    return PageReading(
        page=number,
        width=width,
        height=height,
        image=jpeg(page.upright, PAGE_QUALITY),
        matched_by=_way(page),
        labels_found=settled.labels_found if settled else found,
        labels_expected=settled.labels_expected if settled else expected,
        residual_mm=None if settled is None or settled.residual_mm is None else round(settled.residual_mm, 3),
        sharpness=sharpness(settled) if settled else None,
    )
