"""Quantities in Chinese and English, in one normal form."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.text.numerals import chinese_number, english_number
from ml.text.quantities import quantities


def keys(text: str) -> list[str]:
    return [quantity.key for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("duration:720", ["12 minutes", "twelve minutes", "12分钟", "１２分钟", "十二分钟", "720 s", "12-minute"]),
        ("duration:1800", ["half an hour", "半小时", "半个小时", "30 min", "三十分钟"]),
        ("duration:0.48", ["480ms", "480 毫秒", "0.48 s", "p95 480ms"[4:]]),
        ("duration:1209600", ["two weeks", "两周", "14 days", "两个星期", "14天"]),
        ("months:36", ["three years", "3年", "三年", "36个月"]),
        ("percent:12.5", ["12.5 %", "12.5%", "１２．５％", "百分之十二点五", "12.5 percent", "12.5 per cent"]),
        ("percent:30", ["三成", "30%", "百分之三十"]),
        ("points:3", ["3 percentage points", "三个百分点", "3个点"]),
        ("money:48200cny", ["4.82万元", "48,200元", "48200块"]),
        ("money:1200000usd", ["$1.2 million", "1,200,000 dollars", "120万美元"]),
        ("number:250000", ["25万", "250,000", "二十五万", "250k"]),
        ("number:12", ["a dozen", "twelve", "12个", "十二位"]),
        ("date:*-6-3", ["6月3日", "3 June", "June 3", "June 3rd", "六月三日", "the 3rd of June"[4:]]),
        (
            "date:2026-3-5",
            ["2026-03-05", "2026年3月5日", "5 March 2026", "二〇二六年三月五日", "2026/3/5", "２０２６年３月５日"],
        ),
        ("date:*-q3", ["Q3", "三季度", "第三季度", "the third quarter"]),
        ("date:weekday-3", ["Wednesday", "周三", "星期三", "礼拜三"]),
        ("clock:7:00", ["7:00", "早上七点", "7 a.m."]),
        ("clock:15:30", ["15:30", "下午三点半", "3:30 p.m."]),
        ("duration:0.9", ["900ms降到", "0.9s内"]),
        ("code:5s", ["5S管理"]),
        ("code:v4.2.1", ["v4.2.1", "V4.2.1"]),
        ("measure:9score", ["9分", "9 points"]),
    ],
)
def test_one_meaning_has_one_key(key: str, texts: list[str]) -> None:
    for text in texts:
        assert keys(text) == [key], text


@pytest.mark.parametrize(
    "text",
    [
        "十分满意",
        "一直如此",
        "统一口径",
        "万一出错",
        "七上八下",
        "五六个人",
        "you may go",
        "one of them",
        "一个人",
        "千万别忘",
        "高一等",
    ],
)
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert keys(text) == []


def test_the_first_number_of_a_range_has_the_unit_of_the_second() -> None:
    assert keys("from 52 to 18 minutes") == ["duration:3120", "duration:1080"]
    assert keys("由2.1%降到0.8%") == ["percent:2.1", "percent:0.8"]


def test_offsets_point_into_the_text() -> None:
    text = "上线用了１２分钟, not 2 h."
    assert [text[q.start : q.end] for q in quantities(text)] == ["１２分钟", "2 h"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("一百零五", 105), ("两万三千", 23000), ("十", 10), ("三亿", 300_000_000), ("三四", None), ("统一", None)],
)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("twenty-five", 25), ("two hundred and six", 206), ("three thousand", 3000), ("five six", None)]
)
def test_english_numerals(text: str, value: int | None) -> None:
    assert english_number(text) == value


@given(st.text(max_size=80))
def test_any_text_is_read_without_overlap(text: str) -> None:
    found = quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(st.integers(0, 10**7))
def test_digits_in_any_width_are_equal(value: int) -> None:
    wide = str(value).translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    assert keys(f"{value}件") == keys(f"{wide}件") == [f"number:{value}"]
