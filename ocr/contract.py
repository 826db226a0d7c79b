"""What a form is, and what a reading of one is.

Standard library only: the API imports this module, and the API never loads an engine.

Units: lengths on paper are millimetres from the top left corner of the page, `Box` is (x, y, width, height).
Lengths on a picture are pixels of the *upright* picture: EXIF orientation applied, then turned by quarter turns
until the page reads from the top. A `Quad` is four (x, y) corners: top left, top right, bottom right, bottom left
of the printed thing, so it stays a true outline under perspective. Confidences are 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ocr.form_fields.contract import PageFields

Box = tuple[float, float, float, float]
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

CODE_PAYLOAD_VERSION = 1
"""First part of the QR code's text; a reader refuses versions it does not know."""


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    SCORE = "score"
    """One row of a score table: a weight, and a score that is ticked (`options`) or written (no `options`)."""
    PERSON = "person"
    SIGNATURE = "signature"
    """Only whether something is written there: the value is `present`, or None when the area is blank."""


class FieldStatus(StrEnum):
    READ = "read"
    LOW_CONFIDENCE = "low_confidence"
    """There is a value, and a person must look at it before it counts."""
    EMPTY = "empty"
    """The area was found and nothing is written in it."""
    UNREADABLE = "unreadable"
    """Something is written, or may be, and no value could be made of it."""


class FieldSource(StrEnum):
    """Where a value comes from."""

    PICTURE = "picture"
    """Recognised on a picture."""
    FORM_FIELD = "form_field"
    """Taken from a form field of a PDF: no character was recognised."""
    TEXT_LAYER = "text_layer"
    """Taken from text that stands on a PDF's page; recognition only bears it out."""


class MatchedBy(StrEnum):
    MARKERS = "markers"
    LAYOUT = "layout"
    LABELS = "labels"
    NONE = "none"


class Retake(StrEnum):
    """Why a picture is not read: each is a thing the person with the camera can change."""

    BLURRED = "blurred"
    NOT_FLAT = "not_flat"
    CORNER_MISSING = "corner_missing"
    TOO_SMALL = "too_small"
    GLARE = "glare"
    NOT_A_FORM = "not_a_form"
    WRONG_FORM = "wrong_form"


class TemplateError(ValueError):
    """A form template's JSON is not a valid template; the message names the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Option:
    """One tick box of a choice or of a ticked score, or one entry of a list (`FormField.listed`)."""

    value: str
    label: Words
    box_mm: Box
    pdf_field: str | None = None
    """Full name of the PDF form field by which it is ticked, where it has one of its own."""
    pdf_state: str | None = None
    """What that form field, or the field's, holds when this option is chosen."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed text of the blank form and where it stands: what registration is checked against."""

    text: str
    page: int
    box_mm: Box


@dataclass(frozen=True, slots=True)
class Marker:
    """One printed ArUco marker (dictionary 4X4_50)."""

    id: int
    page: int
    box_mm: Box


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing a person fills in. `box_mm` is the white area of the cell, without its border."""

    key: str
    label: Words
    type: FieldType
    page: int
    box_mm: Box
    required: bool = False
    aliases: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    step: str | None = None
    """Bounds and step of a number or score, as exact decimal text."""
    weight: str | None = None
    """Weight of a score in percent, as exact decimal text."""
    pattern: str | None = None
    """Regular expression that the whole normalised text must match."""
    role: str | None = None
    """What the product uses the field for: see `ROLES`."""
    pdf_field: str | None = None
    """Full name of the PDF form field that holds its value."""
    listed: bool = False
    """The options are the words it may hold, not boxes to tick: each has the field's own box."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes to tick, in the order of the options."""
        return tuple(option.box_mm for option in self.options) if self.ticked else ()

    @property
    def ticked(self) -> bool:
        """Whether it is answered by a mark in one of several boxes."""
        return bool(self.options) and not self.listed


ROLES = frozenset(
    {
        "subject_name",
        "subject_staff_number",
        "department",
        "period",
        "reviewer",
        "grade",
        "signed_on",
        "email",
        "weight",
        "total",
    }
)
"""What the product uses a field for: whom and what a review is about, and figures that must fit together.

`weight` is the written weight in percent of the score in its row, `total` the written total of the scores. Every field
becomes an answer; some fill columns too."""


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """One immutable version of a form: its geometry on paper and the meaning of its fields."""

    key: str
    version: int
    title: Words
    page_size_mm: tuple[float, float]
    pages: int
    fields: tuple[FormField, ...]
    anchors: tuple[Anchor, ...] = ()
    markers: tuple[Marker, ...] = ()
    code_boxes_mm: Mapping[int, Box] = field(default_factory=dict)
    """Page number to the place of its QR code."""


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """A template with the picture of its blank pages: all that reading a filled one needs."""

    template: FormTemplate
    blank_pages: tuple[bytes, ...]
    """PNG, 8-bit grey, 200 dpi, one a page."""


@dataclass(frozen=True, slots=True)
class Code:
    """The text of the QR code on a sheet: `TL1:key:version:page:sheet`. It never names a person."""

    template_key: str
    template_version: int
    page: int
    sheet_id: str
    """32 hexadecimal digits, random."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    confidence: float
    box: Quad


@dataclass(frozen=True, slots=True)
class Confidence:
    """The parts of a field's confidence; the whole is the least of those that apply (None does not apply)."""

    recognition: float | None = None
    registration: float | None = None
    format: float | None = None
    directory: float | None = None

    @property
    def whole(self) -> float:
        parts = [self.recognition, self.registration, self.format, self.directory]
        return min((part for part in parts if part is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What the machine read in one field. It is never changed afterwards; a person's word stands beside it."""

    key: str
    label: Words
    type: FieldType
    page: int
    value: str | None
    """Normalised: ISO date, plain decimal, option value, `present`; a long text keeps its punctuation; else the text
    after NFKC."""
    raw_text: str
    confidence: Confidence
    status: FieldStatus
    box: Quad | None
    crop: bytes | None = None
    """JPEG of the cell, flattened. None when the place of the field is not known."""
    notes: tuple[str, ...] = ()
    """Codes of what was noticed: `out_of_range`, `two_ticks`, `no_tick`, `bad_date`, …"""
    source: FieldSource = FieldSource.PICTURE


@dataclass(frozen=True, slots=True)
class PageReading:
    page: int
    width: int
    height: int
    image: bytes
    """JPEG of the upright picture, re-encoded, without metadata."""
    matched_by: MatchedBy
    labels_found: int
    labels_expected: int
    residual_mm: float | None
    """Median distance between expected and recognised label places after registration."""
    sharpness: float | None = None


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is known of one upright picture before anything on it is recognised."""

    width: int
    height: int
    markers: int
    """Corner markers found of the form of which most were found."""
    px_per_mm: float | None
    """Resolution on paper where it is least, by the markers."""
    blur_mm: float | None
    """Standard deviation of the blur on paper, averaged over all directions, by the markers."""
    retake: Retake | None
    """Why reading this picture would only end in the same refusal."""
    doubts: tuple[Retake, ...]
    """What may turn out to be a reason to retake; reading decides."""


@dataclass(frozen=True, slots=True)
class PageGlance:
    """A page of an uploaded file, decoded, and what can be told of it without recognising anything."""

    picture: bytes
    """JPEG, upright as the camera held it, without metadata."""
    width: int
    height: int
    code: Code | None = None
    likeness: str | None = None
    """Perceptual hash of 1024 bits in hexadecimal: pictures that differ in few of them look alike."""
    problem: Retake | None = None
    """Why reading it would only end in the same refusal."""
    doubts: tuple[Retake, ...] = ()
    """What may turn out to be a reason for another picture; reading decides."""
    form: PageFields | None = None
    """The form fields of a PDF's page, if it has any."""


@dataclass(frozen=True, slots=True)
class TemplateCandidate:
    """A form that a picture may show, and how much speaks for it, 0 to 1."""

    key: str
    version: int
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that stands near a word like a known label, on a picture whose form is not known. Never a reading."""

    key: str | None
    """What the label asks for in the vocabulary of staff forms, such as `staff_number`; None for another label."""
    label: str
    """As it is printed."""
    type: FieldType
    value: str
    """Normalised by its type, as a field's value is."""
    confidence: float
    """Of the characters alone: nothing says that the value belongs to the label."""
    page: int
    box: Quad | None


@dataclass(frozen=True, slots=True)
class FormReading:
    """All that one document of pages gave. With `retake` set there are no fields and nothing may be stored as read."""

    template_key: str | None
    template_version: int | None
    matched_by: MatchedBy
    score: float
    """How sure the template is, 0 to 1."""
    sheet_id: str | None
    pages: tuple[PageReading, ...]
    fields: tuple[FieldReading, ...]
    retake: Retake | None = None
    warnings: tuple[str, ...] = ()
    candidates: tuple[TemplateCandidate, ...] = ()
    """Without a template: the forms that it may be, the likeliest first, for a person to choose from."""
    suggestions: tuple[Suggestion, ...] = ()
    """Without a template: values near known labels, to help a person fill in a review by hand."""


class FormReader(Protocol):
    """Reads pages. An implementation keeps its models loaded; it may be called from one thread at a time."""

    def read_lines(self, picture: bytes) -> list[Line]:
        """All text of one upright picture (JPEG or PNG), in reading order."""

    def read_form(
        self,
        pictures: Sequence[bytes],
        forms: Sequence[PublishedForm],
        filled: Sequence[PageFields | None] = (),
    ) -> FormReading:
        """Recognise which of `forms` the pictures (one a page, upright by EXIF) show, and read its fields.

        `filled` are the form fields of the pages that came as PDF, in the pictures' order; none for no page.
        """


def code_text(code: Code) -> str:
    """The text to print as QR code."""
    return f"TL{CODE_PAYLOAD_VERSION}:{code.template_key}:{code.template_version}:{code.page}:{code.sheet_id}"


def parse_code(text: str) -> Code | None:
    """The code of that text, or None when it is not one of ours (another QR code, or a version not known here)."""
    parts = text.split(":")
    if len(parts) != 5 or parts[0] != f"TL{CODE_PAYLOAD_VERSION}":
        return None
    _, key, version, page, sheet = parts
    plain_numbers = version.isascii() and version.isdigit() and page.isascii() and page.isdigit()
    if not (plain_numbers and len(version) < 7 and len(page) < 4 and len(sheet) == 32):
        return None
    if any(character not in "0123456789abcdef" for character in sheet):
        return None
    return Code(key, int(version), int(page), sheet)
