"""What is taken from the form fields of a PDF: made as several producers make them, and as attackers would."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from ocr.form_fields.contract import PageField, PageFields, fields_from_json, fields_to_json
from ocr.pages import decode
from tests.company_forms.first import bordered_chinese
from tests.fillable import ACROBAT, OFFICE, SIMPLE, Entry, Fillable, Habit

BLANK = bordered_chinese()
VALUES: dict[str, str | Entry] = {
    "姓名": "刘晓雯", "工号": "T1006", "部门": "rd", "工作业绩": Entry("4", drawn="5"), "综合等级": "良好",
    "主要业绩": "按期完成\n延迟下降 38%", "主管签字": "王立国",
}  # fmt: skip
LISTS = {"部门": [("rd", "研发部"), ("hr", "人事部")]}


def found(content: bytes) -> PageFields:
    (page,) = decode(content)
    assert page.form is not None
    assert fields_from_json(fields_to_json(page.form)) == page.form
    return page.form


def changed(content: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def first(writer: PdfWriter) -> DictionaryObject:
    """The first field of the page."""
    place = writer.pages[0]["/Annots"][0].get_object()  # type: ignore[index]
    assert isinstance(place, DictionaryObject)
    return place


def setting(**entries: object) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        first(writer).update({NameObject(f"/{name}"): value for name, value in entries.items()})

    return change


@pytest.mark.fonts
@pytest.mark.parametrize("habit", [ACROBAT, OFFICE, SIMPLE, Habit(turned=90, cut=True)], ids=str)
def test_places_kinds_and_values(habit: Habit) -> None:
    fields = found(Fillable(BLANK, habit, VALUES, LISTS, {"岗位": 6}).pdf()).fields
    places = [box for asked in BLANK.asked for _, box in asked.boxes] + [a.area for a in BLANK.asked if not a.boxes]
    assert len(fields) == len(places)
    for box in (field.box_mm for field in fields):
        assert any(
            abs(box[0] + box[2] / 2 - x - w / 2) < 0.1 and abs(box[1] + box[3] / 2 - y - h / 2) < 0.1
            for x, y, w, h in places
        )
    written = [field for field in fields if field.state is None and field.stored]
    assert [(field.kind.value, field.stored) for field in written] == [
        ("text", "刘晓雯"),
        ("text", "T1006"),
        ("choice", "rd"),
        ("text", "4"),
        ("long_text", "按期完成\n延迟下降 38%"),
        ("signature", "present"),
    ]
    drawn: list[str | None] = (
        [None] * 6 if not habit.draws else ["刘晓雯", "T1006", "研发部", "5", "按期完成\n延迟下降 38%", None]
    )
    if habit.turned:  # letters that stand on their side come line by line in another order
        drawn[4] = "延迟下降 38%\n按期完成"
    assert [field.drawn for field in written] == drawn
    boxes = [field for field in fields if field.state is not None]
    assert [field.drawn == field.state for field in boxes] == [False, True, False, False]
    assert [field.stored == field.state for field in boxes] == [False, True, False, False]
    assert {field.tooltip for field in fields} == ({asked.label for asked in BLANK.asked} if habit.tooltips else {None})
    assert [option.label for field in fields for option in field.options] == ["研发部", "人事部"]
    exported = [field.export for field in boxes]
    assert exported == {
        ACROBAT: ["优秀", "良好", "合格", "不合格"],
        OFFICE: ["Yes", "是", "Ja", "1"],
        SIMPLE: ["On"] * 4,
    }.get(habit, ["优秀", "良好", "合格", "不合格"])


def test_what_is_drawn_counts_as_it_is_in_the_file() -> None:
    """Viewers may be asked to draw values anew: what the file shows until then is the old value."""

    def ask(writer: PdfWriter) -> None:
        form = writer.root_object["/AcroForm"]
        assert isinstance(form, DictionaryObject)
        form[NameObject("/NeedAppearances")] = BooleanObject(True)

    (field,) = (f for f in found(changed(Fillable(BLANK, OFFICE, VALUES).pdf(), ask)).fields if f.stored == "4")
    assert (field.drawn, field.draws) == ("5", True)


STREAM = StreamObject()
STREAM.set_data(b"\xfe\xff" + "长文本".encode("utf-16-be"))
SCRIPT = DictionaryObject(
    {NameObject("/F"): DictionaryObject({NameObject("/JS"): TextStringObject("AFNumber_Format(0);while(true){}")})}
)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"V": ByteStringObject(b"\xfe\xff\xd8\x00\x00A\x00\x00\x00B")}, ("stored", "\ufffdAB")),
        ({"V": ByteStringObject(b"\xa4\x80 \x8d1")}, ("stored", "¤• “1")),
        ({"V": ByteStringObject(b"\xef\xbb\xbf\xe5\xa5\xbd\r\n2")}, ("stored", "好\n2")),
        ({"V": NumberObject(7)}, ("stored", None)),
        ({"V": TextStringObject("A" * 100_000)}, ("stored", "A" * 20_000)),
        ({"AA": SCRIPT}, ("asks", "number")),
        ({"Ff": NumberObject(1)}, ("read_only", True)),
    ],
)
def test_one_field(entries: dict[str, object], expected: tuple[str, object]) -> None:
    fields = found(changed(Fillable(BLANK, OFFICE).pdf(), setting(**entries))).fields
    assert getattr(fields[0], expected[0]) == expected[1]
    assert len(fields) == 18


@pytest.mark.parametrize(
    "entries",
    [
        {"F": NumberObject(2)},
        {"F": NumberObject(36)},
        {"FT": NameObject("/Btn"), "Ff": NumberObject(1 << 16)},
        {"Ff": NumberObject(1 << 13)},
        {"Rect": ArrayObject([FloatObject(1e30), TextStringObject("x"), FloatObject(0), FloatObject(-1e30)])},
        {"Rect": ArrayObject([FloatObject(-900)] * 2 + [FloatObject(-800)] * 2)},
        {"T": TextStringObject("")},
    ],
    ids=["hidden", "not to be seen", "push button", "password", "no rectangle", "off the page", "no name"],
)
def test_what_nobody_fills_in_is_left_out(entries: dict[str, object]) -> None:
    whole = found(Fillable(BLANK, OFFICE).pdf()).fields
    assert found(changed(Fillable(BLANK, OFFICE).pdf(), setting(**entries))).fields == whole[1:]


def names(fields: tuple[PageField, ...]) -> list[str]:
    return [field.name for field in fields]


def test_trees_that_lead_in_circles_and_breadth_without_end_are_bounded() -> None:
    content = Fillable(BLANK, OFFICE).pdf()

    def circle(writer: PdfWriter) -> None:
        one, other = writer.pages[0]["/Annots"][0], writer.pages[0]["/Annots"][1]  # type: ignore[index]
        first(writer)[NameObject("/Parent")] = other.indirect_reference or other
        other.get_object()[NameObject("/Parent")] = one.indirect_reference or one
        other.get_object()[NameObject("/Kids")] = ArrayObject([one, other])

    # Both have the other above them, once.
    assert names(found(changed(content, circle)).fields)[:2] == ["文本框 2.文本框 1", "文本框 1.文本框 2"]

    def broad(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer.pages[0]["/Annots"][0]] * 5000)  # type: ignore[index]

    bounded = found(changed(content, broad))
    assert (bounded.fields, bounded.warnings) == ((), ("form_fields_unreadable",))

    def xfa_alone(writer: PdfWriter) -> None:
        writer.root_object["/AcroForm"][NameObject("/XFA")] = TextStringObject("<xdp/>")  # type: ignore[index]
        writer.pages[0][NameObject("/Annots")] = ArrayObject()

    alone = found(changed(content, xfa_alone))
    assert (alone.fields, alone.warnings) == ((), ("xfa_form",))
