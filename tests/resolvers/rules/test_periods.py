"""What words on a form mean as days."""

import datetime

import pytest

from resolvers.rules.periods import Span, period_span

D = datetime.date
THIRD_QUARTER = Span(D(2026, 7, 1), D(2026, 9, 30))


@pytest.mark.parametrize(
    "words",
    [
        "2026年第三季度",
        "2026年三季度",
        "2026年第3季度",
        "２０２６年第三季度",
        "二〇二六年第三季度",
        " 2026 年 第三季度 ",
        "2026年度第三季度",
        "2026Q3",
        "2026 Q3",
        "2026-Q3",
        "q3 2026",
        "Q3, 2026",
        "3Q2026",
        "Third quarter of 2026",
        "the 3rd quarter 2026",
        "2026 third quarter",
        "2026年7-9月",
        "2026年7月至9月",
        "2026年07月—09月",
        "2026.07-2026.09",
        "Jul - Sep 2026",
        "July to September 2026",
    ],
)
def test_one_quarter_in_many_words(words: str) -> None:
    assert period_span(words) == THIRD_QUARTER


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("2026年上半年", Span(D(2026, 1, 1), D(2026, 6, 30))),
        ("2025 H2", Span(D(2025, 7, 1), D(2025, 12, 31))),
        ("second half of 2025", Span(D(2025, 7, 1), D(2025, 12, 31))),
        ("2024年度", Span(D(2024, 1, 1), D(2024, 12, 31))),
        ("2024", Span(D(2024, 1, 1), D(2024, 12, 31))),
        ("2024年2月", Span(D(2024, 2, 1), D(2024, 2, 29))),
        ("2026年十二月", Span(D(2026, 12, 1), D(2026, 12, 31))),
        ("2026-09", Span(D(2026, 9, 1), D(2026, 9, 30))),
        ("Sept 2026", Span(D(2026, 9, 1), D(2026, 9, 30))),
        ("2026年第一季度", Span(D(2026, 1, 1), D(2026, 3, 31))),
        ("2026年第四季度", Span(D(2026, 10, 1), D(2026, 12, 31))),
    ],
)
def test_other_periods(words: str, span: Span) -> None:
    assert period_span(words) == span


@pytest.mark.parametrize(
    "words",
    [
        "",
        "季度",
        "第三季度",
        "2026年第五季度",
        "2026年第三季度和第四季度",
        "2026-7-9",
        "2026.7.9",
        "2026年7月9日",
        "2026年9-7月",
        "2026.07-2027.09",
        "2026-13",
        "20263",
        "26Q3",
        "12026Q3",
        "Q3",
    ],
)
def test_words_that_name_no_period_for_certain(words: str) -> None:
    assert period_span(words) is None
