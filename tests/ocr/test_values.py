"""Texts and the values that they mean, in both languages and in the notations people use."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.contract import FieldType, FormField, Words
from ocr.values import (
    DOUBTFUL,
    FITS,
    MISFIT,
    REPAIRED,
    WITH_NUMBERS,
    Value,
    as_written,
    normalise,
    parse_date,
    parse_number,
    tidied,
)

TODAY = date(2026, 10, 31)


def _field(kind: FieldType, **settings: str | None) -> FormField:
    return FormField("field", Words("字段", "Field"), kind, 1, (0, 0, 50, 8), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "２０２６年３月５日",
        "2026-03-05",
        "2026.3.5",
        "2026/3/5.",
        "20260305",
        "5 Mar 2026",
        "5th March 2026",
        "March 5, 2026",
        "2026 Mar 5",
        "二〇二六年三月五日",
        "二零二六年三月五号",
    ],
)
def test_notations_of_one_day(text: str) -> None:
    assert parse_date(text) == (date(2026, 3, 5), ())


@pytest.mark.parametrize(
    ("text", "day", "note"),
    [
        ("10/05/2026", date(2026, 5, 10), "ambiguous_date"),
        ("26年3月5日", date(2026, 3, 5), "short_year"),
        ("05.10.26", date(2005, 10, 26), "ambiguous_date"),
        ("2O26年1l月5日", date(2026, 11, 5), "repaired"),
    ],
)
def test_doubtful_dates_say_so(text: str, day: date, note: str) -> None:
    found, notes = parse_date(text)
    assert found == day
    assert note in notes
    assert normalise(_field(FieldType.DATE), text, TODAY).format < 1


@pytest.mark.parametrize("text", ["2026年2月30日", "2026-13-01", "31/11/2026", "soon", "", "2026年", "5 Foo 2026"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_date(text) == (None, ("bad_date",))


def test_a_clear_day_first_or_month_first_date_is_not_in_doubt() -> None:
    assert parse_date("25/10/2026") == (date(2026, 10, 25), ())
    assert parse_date("10/25/2026") == (date(2026, 10, 25), ())


@given(st.dates(date(1950, 1, 1), date(2035, 12, 31)))
def test_every_day_is_read_from_every_sure_notation(day: date) -> None:
    for text in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}"):
        assert parse_date(text) == (day, ())


def test_a_year_that_cannot_be_is_kept_and_flagged() -> None:
    assert normalise(_field(FieldType.DATE), "2125-03-05", TODAY) == Value("2125-03-05", MISFIT, ("implausible_date",))
    signed = _field(FieldType.DATE, role="signed_on")
    assert normalise(signed, "2019-03-05", TODAY).notes == ("implausible_date",)
    assert normalise(signed, "2026-10-05", TODAY) == Value("2026-10-05", FITS)


def test_bounds_of_a_date_are_those_of_its_field() -> None:
    field = _field(FieldType.DATE, minimum="2100-01-01", maximum="2130-01-01")
    assert normalise(field, "2125-03-05", TODAY) == Value("2125-03-05", FITS)
    assert normalise(field, "2026-03-05", TODAY).notes == ("implausible_date",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("85", "85"),
        ("８５分", "85"),
        ("八十五", "85"),
        ("一百零二", "102"),
        ("四点五", "4.5"),
        ("1,234.5", "1234.5"),
        ("-3", "-3"),
        ("0.50", "0.5"),
        ("100", "100"),
        ("92 %", "92"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert normalise(_field(FieldType.NUMBER), text, TODAY) == Value(value, FITS)


def test_a_number_with_letters_in_it_is_repaired_and_flagged() -> None:
    assert normalise(_field(FieldType.NUMBER), "1O", TODAY) == Value("10", REPAIRED, ("repaired",))
    assert normalise(_field(FieldType.NUMBER), "ten", TODAY) == Value(None, MISFIT, ("bad_number",))


def test_range_and_step() -> None:
    field = _field(FieldType.SCORE, minimum="1", maximum="5", step="0.5")
    assert normalise(field, "4.5", TODAY) == Value("4.5", FITS)
    assert normalise(field, "45", TODAY) == Value("45", MISFIT, ("out_of_range",))
    assert normalise(field, "4.2", TODAY) == Value("4.2", MISFIT, ("off_step",))


@pytest.mark.parametrize(
    ("text", "value", "fit"),
    [
        ("T1006", "T1006", FITS),
        ("T 1006", "T1006", FITS),
        ("Tl004", "T1004", REPAIRED),
        ("T1OO6", "T1006", REPAIRED),
        ("t1006", "T1006", REPAIRED),
        ("Tioll", "T1011", REPAIRED),
        ("hello", "hello", MISFIT),
    ],
)
def test_a_pattern_repairs_look_alikes_but_never_silently(text: str, value: str, fit: float) -> None:
    found = normalise(_field(FieldType.TEXT, pattern="[A-Z]{1,3}[0-9]{3,8}"), text, TODAY)
    assert (found.value, found.format) == (value, fit)


@pytest.mark.parametrize(
    "name", ["刘晓雯", "欧阳娜娜", "阿卜杜拉·买买提", "Grace Miller", "O'Neil", "J. Smith", "Renée Müller"]
)
def test_names(name: str) -> None:
    assert normalise(_field(FieldType.PERSON), name, TODAY) == Value(name, FITS)


@pytest.mark.parametrize("name", ["刘晓4", "刘", "R2D2", "王Tom", "Gr@ce", "李强周明轩"])
def test_what_is_hardly_a_name_is_flagged(name: str) -> None:
    assert normalise(_field(FieldType.PERSON), name, TODAY) == Value(name, DOUBTFUL, ("not_a_name",))


def test_a_period_names_a_year_near_today() -> None:
    field = _field(FieldType.TEXT, role="period")
    assert normalise(field, "2026年第三季度", TODAY).format == FITS
    assert normalise(field, "2126Q3", TODAY).notes == ("implausible_date",)
    assert normalise(field, "第三季度", TODAY).format == DOUBTFUL


def test_prose_keeps_the_punctuation_of_its_language() -> None:
    assert (
        as_written("响应由３２０ms降到110ms，无 重大故障。（见附件）") == "响应由320ms降到110ms，无重大故障。（见附件）"
    )
    assert as_written("Done:  on time, as planned.") == "Done: on time, as planned."


@pytest.mark.parametrize(
    "text", ["回款46万元", "回款万元", "Orders up by 12 percent", "合格率达到%", "产值过亿", "带出三名徒弟"]
)
def test_prose_with_numbers_is_never_sure(text: str) -> None:
    fit = normalise(_field(FieldType.LONG_TEXT), text, TODAY).format
    assert fit == (FITS if text == "带出三名徒弟" else WITH_NUMBERS)


def test_text_is_tidied() -> None:
    assert tidied("刘 晓 雯") == "刘晓雯"
    assert tidied("  Grace   Miller ") == "Grace Miller"
    assert tidied("第一行 \n\n 第二 行") == "第一行\n第二行"
    assert normalise(_field(FieldType.TEXT), "ＡＢＣ１２", TODAY) == Value("ABC12", FITS)
    assert normalise(_field(FieldType.TEXT), "  ", TODAY) == Value(None, MISFIT, ("no_text",))


@given(st.text(max_size=30))
def test_no_text_breaks_a_field(text: str) -> None:
    for kind in (FieldType.DATE, FieldType.NUMBER, FieldType.PERSON, FieldType.TEXT):
        found = normalise(_field(kind), text, TODAY)
        assert 0 <= found.format <= 1
    parse_number(text)
