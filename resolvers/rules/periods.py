"""The span of days that words such as 2026年第三季度, Q3 2026 or 2026年7-9月 mean."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}

_YEAR = r"(?P<year>(?:19|20)\d\d)\s*年?度?"
_FILL = r"[\s,.\-_/·的]*"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ORDINAL = r"(?:first|second|third|fourth|1st|2nd|3rd|4th)"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both inclusive."""

    starts_on: datetime.date
    ends_on: datetime.date


def period_span(text: str) -> Span | None:
    """The days that a review period written on a form means, or None when the words name no period for certain.

    Years are written with four digits (also 二〇二六); quarters as Q3, 3Q, 第三季度, 三季度, third quarter; halves as
    H1, 上半年, first half; months as 9月, 2026-09, September, and as a range within the year.
    """
    plain = _plain(text)
    for pattern, span in _PATTERNS:
        found = pattern.fullmatch(plain)
        if found:
            return span(found)
    return None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    # 十 joins digits (十二月), which a digit-by-digit translation would break apart.
    plain = plain.replace("十一", "11").replace("十二", "12").replace("十", "10")
    return plain.translate(_CHINESE_DIGITS)


def _months(year: int, first: int, last: int) -> Span | None:
    if not 1 <= first <= last <= 12:
        return None
    return Span(datetime.date(year, first, 1), datetime.date(year, last, calendar.monthrange(year, last)[1]))


def _quarter(found: re.Match[str]) -> Span | None:
    number = _ORDINALS.get(found["number"]) or int(found["number"])
    return _months(int(found["year"]), 3 * number - 2, 3 * number)


def _half(found: re.Match[str]) -> Span | None:
    word = found["number"]
    number = {"上": 1, "下": 2}.get(word) or _ORDINALS.get(word) or int(word)
    return _months(int(found["year"]), 6 * number - 5, 6 * number)


def _year(found: re.Match[str]) -> Span | None:
    return _months(int(found["year"]), 1, 12)


def _month(found: re.Match[str]) -> Span | None:
    first = _month_number(found["first"])
    groups = found.groupdict()
    if groups.get("second_year") and groups["second_year"] != groups["year"]:
        return None
    last = _month_number(groups["last"]) if groups.get("last") else first
    return _months(int(found["year"]), first, last)


def _month_number(word: str) -> int:
    return int(word) if word.isdigit() else _MONTHS[word[:3]]


_TO = r"\s*(?:-|–|—|~|至|到|to)\s*"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span | None]], ...] = (
    (re.compile(rf"{_YEAR}{_FILL}(?:q|第)?{_FILL}(?P<number>[1-4])(?:{_FILL}(?:季度?|q))"), _quarter),
    (re.compile(rf"{_YEAR}{_FILL}q(?:uarter)?{_FILL}(?P<number>[1-4])"), _quarter),
    (re.compile(rf"(?:q(?:uarter)?\s*(?P<number>[1-4])){_FILL}(?:of\s+)?{_YEAR}"), _quarter),
    (re.compile(rf"(?P<number>[1-4])q{_FILL}{_YEAR}"), _quarter),
    (re.compile(rf"(?:the\s+)?(?P<number>{_ORDINAL})\s+quarter{_FILL}(?:of\s+)?{_YEAR}"), _quarter),
    (re.compile(rf"{_YEAR}{_FILL}(?P<number>{_ORDINAL})\s+quarter"), _quarter),
    (re.compile(rf"{_YEAR}{_FILL}(?P<number>[上下])半年度?"), _half),
    (re.compile(rf"{_YEAR}{_FILL}h{_FILL}(?P<number>[12])"), _half),
    (re.compile(rf"h\s*(?P<number>[12]){_FILL}{_YEAR}"), _half),
    (re.compile(rf"(?:the\s+)?(?P<number>first|second|1st|2nd)\s+half{_FILL}(?:of\s+)?{_YEAR}"), _half),
    (re.compile(_YEAR), _year),
    # Without 月 or a second year, 2026-7-9 would be a day rather than a range of months.
    (
        re.compile(rf"{_YEAR}{_FILL}(?P<first>\d{{1,2}})(?:月份?)?{_TO}(?P<last>\d{{1,2}})月份?"),
        _month,
    ),
    (
        re.compile(
            rf"{_YEAR}[./-]?(?P<first>\d{{1,2}})(?:月份?)?{_TO}"
            rf"(?P<second_year>(?:19|20)\d\d)[年./-](?P<last>\d{{1,2}})(?:月份?)?"
        ),
        _month,
    ),
    (re.compile(rf"{_YEAR}{_FILL}(?P<first>\d{{1,2}})月(?:份)?"), _month),
    (re.compile(r"(?P<year>(?:19|20)\d\d)[./-](?P<first>\d{2})"), _month),
    (re.compile(rf"(?P<first>{_MONTH_NAME})(?:{_TO}(?P<last>{_MONTH_NAME}))?{_FILL}{_YEAR}"), _month),
)
