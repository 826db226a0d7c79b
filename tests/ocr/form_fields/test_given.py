"""PDF pages whose form fields were flattened, or that show something else than their form fields say."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Rectangle
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from ocr.contract import (
    Box,
    FieldReading,
    FieldSource,
    FieldStatus,
    FormField,
    FormTemplate,
    Option,
    PublishedForm,
    Words,
)
from ocr.form_fields.contract import fields_from_json, fields_to_json
from ocr.forms import shipped
from ocr.forms.fonts import find_cjk_font
from ocr.forms.stamp import stamp
from ocr.pages import decode
from ocr.reader import Reader
from tests.company_forms.first import bordered_chinese
from tests.fillable import POINTS, SIMPLE, Entry, Fillable, Habit

BLANK = bordered_chinese()
AREAS = {asked.label: asked.area for asked in BLANK.asked}
WRITTEN: dict[str, str | Entry] = {
    "姓名": "刘晓雯", "工号": "T1006", "部门": "研发部", "工作业绩": "4", "综合等级": "良好",
    "主要业绩": "按期完成网关改造\n延迟下降 38%", "日期": "2026-10-09",
}  # fmt: skip
HABIT = Habit()
FORM_FIELD, TEXT_LAYER, PICTURE = FieldSource.FORM_FIELD, FieldSource.TEXT_LAYER, FieldSource.PICTURE
READ, LOW, EMPTY = FieldStatus.READ, FieldStatus.LOW_CONFIDENCE, FieldStatus.EMPTY


def published() -> PublishedForm:
    """The form of the blank, as if it had been proposed and named by a person."""
    fields = []
    for number, asked in enumerate(BLANK.asked, start=1):
        words = Words(asked.label, asked.label)
        options = tuple(Option(word, Words(word, word), box, pdf_state=word) for word, box in asked.boxes)
        name = HABIT.names.format(number)
        fields.append(FormField(asked.label, words, asked.type, 1, asked.area, options=options, pdf_field=name))
    with pypdfium2.PdfDocument(BLANK.pdf()) as document:
        grey = document[0].render(scale=200 / 72).to_pil().convert("L")
    packed = io.BytesIO()
    Image.fromarray(np.asarray(grey)).save(packed, "PNG")
    return PublishedForm(
        FormTemplate("house", 1, Words("表", "Form"), BLANK.size_mm, 1, tuple(fields)), (packed.getvalue(),)
    )


FORM = published()


def flattened(content: bytes) -> bytes:
    """The same page with what its form fields draw as a part of it, and no form fields."""
    document, out = pypdfium2.PdfDocument(content), io.BytesIO()
    assert pdfium.FPDFPage_Flatten(document[0], pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS
    document.save(out)
    document.close()
    return out.getvalue()


def drawn_over(content: bytes, drawing: str) -> bytes:
    """The page with more of its own drawing, in which `/Plain` is a font."""
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    page, more = writer.pages[0], StreamObject()
    before, after = StreamObject(), more
    before.set_data(b"q")
    after.set_data(f"Q {drawing}".encode())
    there = page["/Contents"].get_object()
    streams = list(there) if isinstance(there, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([writer._add_object(before), *streams, writer._add_object(after)])
    font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object()
    fonts[NameObject("/Plain")] = DictionaryObject({NameObject(name): value for name, value in font.items()})
    writer.write(out)
    return out.getvalue()


def point(box: Box, across: float, down: float) -> str:
    """A point of the page, millimetres from a box's corner, as a PDF has it."""
    return f"{(box[0] + across) * POINTS:.1f} {(BLANK.size_mm[1] - box[1] - down) * POINTS:.1f}"


def words(text: str, label: str, across: float, before: str = "0 g") -> str:
    return f"{before} BT /Plain 10 Tf {point(AREAS[label], across, 6.2)} Td ({text}) Tj ET"


def line(label: str, start: float, end: float, down: float = 5.0) -> str:
    return f"0.6 w {point(AREAS[label], start, down)} m {point(AREAS[label], end, down)} l S"


def read(reader: Reader, content: bytes, form: PublishedForm = FORM) -> dict[str, FieldReading]:
    (page,) = decode(content)
    assert page.form is not None
    assert fields_from_json(fields_to_json(page.form)) == page.form
    reading = reader.read_form([page.picture], [form], [page.form])
    assert (reading.retake, reading.template_key, reading.warnings) == (None, form.template.key, ())
    return {field.key: field for field in reading.fields}


def told(field: FieldReading) -> tuple[FieldSource, str | None, FieldStatus, tuple[str, ...]]:
    return field.source, field.value, field.status, field.notes


@pytest.mark.parametrize("habit", [HABIT, SIMPLE], ids=["drawn", "drawn by viewers"])
def test_a_page_that_shows_what_its_form_fields_say(habit: Habit, reader: Reader) -> None:
    fields = read(reader, Fillable(BLANK, habit, WRITTEN).pdf())
    for label in AREAS:
        value = WRITTEN.get(label)
        assert (fields[label].source, fields[label].value) == (FORM_FIELD, value)
        # Without the names of the form, nothing is sure.
        assert fields[label].status == (EMPTY if value is None else READ if habit is HABIT else LOW)
        assert "form_field_conflict" not in fields[label].notes


def test_what_is_drawn_over_form_fields_is_seen(reader: Reader) -> None:
    """Print beside a value, a stroke through one, a mark in another box, and something that hides one."""
    box = dict(next(asked for asked in BLANK.asked if asked.label == "综合等级").boxes)["合格"]
    mark = f"1 w {point(box, 0, 0)} m {point(box, box[2], box[3])} l S"
    drawing = " ".join([words("77", "工号", 18), line("部门", 1, 14), mark, words("T9", "岗位", 4)])
    content = drawn_over(Fillable(BLANK, HABIT, WRITTEN).pdf(), drawing)
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    (left, top), (right, bottom) = (
        (float(side) for side in point(AREAS["姓名"], *at).split()) for at in ((1, 1), (30, 9))
    )
    writer.add_annotation(0, Rectangle(rect=(left, bottom, right, top), interior_color="ffffff"))
    writer.write(out)
    fields = read(reader, out.getvalue())
    for label in ("姓名", "工号", "部门", "综合等级"):
        assert told(fields[label]) == (FORM_FIELD, WRITTEN[label], LOW, ("form_field_conflict",)), label
    # Over an empty field it is what the picture shows.
    assert (fields["岗位"].source, fields["岗位"].status) == (PICTURE, LOW)
    assert "form_field_conflict" in fields["岗位"].notes
    for label in ("工作业绩", "主要业绩", "日期"):
        assert told(fields[label]) == (FORM_FIELD, WRITTEN[label], READ, ())


def test_a_flattened_page_is_read_from_its_text(reader: Reader) -> None:
    fields = read(reader, flattened(Fillable(BLANK, HABIT, WRITTEN).pdf()))
    for label, value in WRITTEN.items():
        assert told(fields[label]) == (PICTURE if label == "综合等级" else TEXT_LAYER, value, READ, ())
    assert fields["待改进之处"].status is EMPTY


def test_text_that_nobody_sees_does_not_count_and_what_hides_among_it_is_doubted(reader: Reader) -> None:
    covered = f"{words('Hidden 3', '直接上级', 4)} 1 g {point(AREAS['直接上级'], 2, 9)} 60 22 re f"
    drawing = " ".join(
        [
            words("Hidden 1", "岗位", 4, "1 g"),
            words("Hidden 2", "考核周期", 4, "3 Tr") + " 0 Tr",
            covered,
            words("Shown 42", "待改进之处", 4),
            words("99", "姓名", 20, "1 g"),
            line("工号", 1, 14),
            line("部门", 30, 40),
        ]
    )
    fields = read(reader, drawn_over(flattened(Fillable(BLANK, HABIT, WRITTEN).pdf()), drawing))
    for label in ("岗位", "考核周期", "直接上级"):
        assert told(fields[label]) == (PICTURE, None, EMPTY, ()), label
    assert told(fields["待改进之处"]) == (TEXT_LAYER, "Shown 42", READ, ())
    assert told(fields["姓名"]) == (TEXT_LAYER, "刘晓雯", READ, ())
    for label in ("工号", "部门"):
        assert told(fields[label]) == (TEXT_LAYER, WRITTEN[label], LOW, ("text_layer_conflict",))


@pytest.mark.fonts
def test_what_was_printed_on_a_sheet_is_read_from_its_text(reader: Reader) -> None:
    """The form's own print is none of it; marks and signatures are looked at."""
    form = shipped.load("quarterly-review")
    printed = {"employee_name": "Grace Miller", "department": "Research and Development", "signed_on": "2026-10-09"}
    fields = read(
        reader,
        stamp(shipped.blank_pdf("quarterly-review"), form.template, "ab" * 16, printed, font=find_cjk_font()),
        form,
    )
    for key, field in fields.items():
        assert (field.source, field.value) == ((TEXT_LAYER, printed[key]) if key in printed else (PICTURE, None))
        assert field.status is (READ if key in printed else EMPTY)
