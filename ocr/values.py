"""From the text that was read to the value that it means, and whether it has the form that its field asks for.

Nothing is guessed: what had to be repaired or does not fit keeps a low format confidence and a note that says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import cn2an

from ocr.contract import FieldType, FormField
from ocr.vocabulary import letters

FITS = 1.0
REPAIRED = 0.7
"""The text fits after characters that look alike were exchanged (letter O for zero)."""
WITH_NUMBERS = 0.9
"""Prose with figures in it: nothing tells whether they are whole, so a person looks."""
DOUBTFUL = 0.6
MISFIT = 0.3
NOT_AN_OPTION = "not_an_option"
"""Note: these are not the words of an entry of the field's list."""

_AFTER_NUMBERS = "%‰万亿"

YEARS_BACK, YEARS_AHEAD = 100, 10
"""A date further from today than this is a misreading (2125 for 2025), unless the field's bounds allow it."""
SIGNED_YEARS = 2
"""A signature's date lies nearer than this to today."""

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SPACE_IN_CHINESE = re.compile(rf"(?<=[{_CJK}，。、；：])\s+(?=[{_CJK}，。、；：])")
_CHINESE_NUMERAL = re.compile(r"[零〇○一二两三四五六七八九十百千万亿点负]+")
_DIGIT_OF = str.maketrans("OoDQlI|i!", "000011111")
_DIGIT_ALSO = str.maketrans("ZzSsBbgqGCcU", "225586996000")
_LETTER_OF = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNIT = re.compile(r"\s*(?:分|%|points?|pts?|人|个|项|次|天|小时|hours?|days?)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """A normalised value, or None when the text has none, with the format's part of the confidence."""

    value: str | None
    format: float
    notes: tuple[str, ...] = ()


def normalise(item: FormField, text: str, today: date) -> Value:
    """The value that `text` means in that field."""
    tidy = tidied(text)
    if not tidy:
        return Value(None, MISFIT, ("no_text",))
    if item.type is FieldType.DATE:
        return _date(item, tidy, today)
    if item.type in (FieldType.NUMBER, FieldType.SCORE):
        return _number(item, tidy)
    if item.type is FieldType.PERSON:
        return _person(tidy)
    if item.listed:
        return _listed(item, tidy)
    if item.pattern is not None:
        return _pattern(item.pattern, tidy)
    if item.role == "period":
        return _period(tidy, today)
    if item.type is not FieldType.LONG_TEXT:
        return Value(tidy, FITS)
    # In running text a number that has lost a digit looks as good as any, in all views: 46万 was read as 4万 at 0.99.
    # One that has lost them all leaves its unit behind.
    if any(character.isdigit() or character in _AFTER_NUMBERS for character in tidy):
        return Value(as_written(text), WITH_NUMBERS, ("numbers_in_text",))
    return Value(as_written(text), FITS)


def tidied(text: str) -> str:
    """The text after NFKC, without stray spaces: none between Chinese characters, one between words."""
    return _without_stray_spaces(unicodedata.normalize("NFKC", text))


def as_written(text: str) -> str:
    """Prose for people to read: full-width letters and digits made plain, the punctuation of its language kept."""
    return _without_stray_spaces(
        "".join(
            character if unicodedata.category(character).startswith("P") else unicodedata.normalize("NFKC", character)
            for character in unicodedata.normalize("NFC", text)
        )
    )


def _without_stray_spaces(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(_SPACE_IN_CHINESE.sub("", line) for line in lines if line)


def parse_date(text: str) -> tuple[date | None, tuple[str, ...]]:
    """The day that a text names, and notes on what is doubtful about it (`short_year`, `ambiguous_date`,
    `repaired`); None with `bad_date` for a day that does not exist or no date at all."""
    tidy = tidied(text).replace(" ", " ").strip(" .,;:")
    for attempt, notes in ((tidy, ()), (_looks_like_digits(tidy), ("repaired",))):
        for rule in _DATE_RULES:
            found = rule(attempt)
            if found is None:
                continue
            (year, month, day), more = found
            if year < 100:
                year, more = 2000 + year, (*more, "short_year")
            try:
                return date(year, month, day), (*notes, *more)
            except ValueError:
                return None, ("bad_date",)
    return None, ("bad_date",)


def parse_number(text: str) -> tuple[Decimal | None, tuple[str, ...]]:
    """The number that a text is, in digits or Chinese numerals, with a unit after it or not."""
    tidy = _UNIT.sub("", tidied(text)).replace(" ", "")
    for attempt, notes in ((tidy, ()), (tidy.translate(_DIGIT_OF).translate(_DIGIT_ALSO), ("repaired",))):
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", attempt):
            attempt = attempt.replace(",", "")  # noqa: PLW2901  groups of thousands
        if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", attempt):
            try:
                return Decimal(attempt.rstrip(".")), notes
            except InvalidOperation:
                return None, ("bad_number",)
    if _CHINESE_NUMERAL.fullmatch(tidy):
        number = _chinese_number(tidy)
        if number is not None:
            return number, ()
    return None, ("bad_number",)


def _date(item: FormField, text: str, today: date) -> Value:
    day, notes = parse_date(text)
    if day is None:
        return Value(None, MISFIT, notes)
    first = _bound(item.minimum) or date(today.year - YEARS_BACK, 1, 1)
    last = _bound(item.maximum) or date(today.year + YEARS_AHEAD, 12, 31)
    if item.role == "signed_on" and item.minimum is None and item.maximum is None:
        first, last = date(today.year - SIGNED_YEARS, 1, 1), date(today.year + SIGNED_YEARS, 12, 31)
    if not first <= day <= last:
        return Value(day.isoformat(), MISFIT, (*notes, "implausible_date"))
    return Value(day.isoformat(), DOUBTFUL if notes else FITS, notes)


def _bound(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _number(item: FormField, text: str) -> Value:
    number, notes = parse_number(text)
    if number is None:
        return Value(None, MISFIT, notes)
    plain = format(number.normalize(), "f")
    low, high, step = (None if bound is None else Decimal(bound) for bound in (item.minimum, item.maximum, item.step))
    if (low is not None and number < low) or (high is not None and number > high):
        return Value(plain, MISFIT, (*notes, "out_of_range"))
    if step is not None and step > 0 and (number - (low or 0)) % step != 0:
        return Value(plain, MISFIT, (*notes, "off_step"))
    return Value(plain, REPAIRED if notes else FITS, notes)


def _person(text: str) -> Value:
    name = text.replace("\n", " ")
    # Names of five characters without a point are rare; a struck-out name and the one beside it are not.
    chinese = re.fullmatch(rf"[{_CJK}]{{2,4}}|[{_CJK}]{{2,8}}[·・•][{_CJK}]{{1,12}}", name)
    latin = re.fullmatch(r"[^\W\d_]+[.]?(?:[ '’.-]+[^\W\d_]+[.]?){0,5}", name)
    mixed = re.search(rf"[{_CJK}]", name) and re.search(r"[A-Za-z]", name)
    if chinese or (latin and not mixed and len(name) >= 2 and not re.search(rf"[{_CJK}]", name)):
        return Value(name, FITS)
    return Value(name, DOUBTFUL, ("not_a_name",))


def _listed(item: FormField, text: str) -> Value:
    """The entry of a list that these are the words of."""
    wanted = letters(text)
    chosen = [
        option.value
        for option in item.options
        if wanted in (letters(option.value), letters(option.label.zh), letters(option.label.en))
    ]
    return Value(chosen[0], FITS) if len(chosen) == 1 else Value(None, MISFIT, (NOT_AN_OPTION,))


def _pattern(pattern: str, text: str) -> Value:
    joined = text.replace("\n", " ")
    for attempt in (joined, joined.replace(" ", "")):
        if re.fullmatch(pattern, attempt):
            return Value(attempt, FITS)
    compact = joined.replace(" ", "")
    for attempt in _lookalikes(compact):
        if re.fullmatch(pattern, attempt):
            return Value(attempt, REPAIRED, ("repaired",))
    return Value(joined, MISFIT, ("pattern_mismatch",))


def _period(text: str, today: date) -> Value:
    name = text.replace("\n", "")
    years = [int(year) for year in re.findall(r"(?<!\d)(\d{4})(?!\d)", name)]
    if not years:
        return Value(name, FITS if re.search(r"[〇零一二三四五六七八九]{4}年", name) else DOUBTFUL, ())
    if any(abs(year - today.year) > YEARS_AHEAD for year in years):
        return Value(name, MISFIT, ("implausible_date",))
    return Value(name, FITS)


def _lookalikes(text: str) -> list[str]:
    """The text with look-alikes exchanged from some place on: letters before it, digits after it."""
    digits = text.translate(_DIGIT_OF).translate(_DIGIT_ALSO)
    letters = text.translate(_LETTER_OF).upper()
    attempts: list[str] = []
    # Digits first: where a field asks for capitals and digits, a small l was written as 1.
    for cut in range(min(5, len(text)) + 1):
        attempts.append(text[:cut] + digits[cut:])
        if re.search(r"\d", text):  # without one sure digit any word could be spelled into a number
            attempts.extend((text[:cut].upper() + digits[cut:], letters[:cut] + digits[cut:]))
    return [*attempts, text.upper()]


def _chinese_number(text: str) -> Decimal | None:
    try:
        return Decimal(str(cn2an.cn2an(text.replace("○", "零").replace("〇", "零"), "smart")))
    except (ValueError, InvalidOperation):
        return None


def _looks_like_digits(text: str) -> str:
    """The text with letters that stand between or beside digits taken for digits."""
    return re.sub(
        r"(?<=[\d年月./-])[OoDQlIi|!ZzSsBbgqGCcU]+(?=[\d年月日./-]|$)|^[OoDQlIi|!ZzSsBbgqGCcU]+(?=\d)",
        lambda found: found.group().translate(_DIGIT_OF).translate(_DIGIT_ALSO),
        text,
    )


_Found = tuple[tuple[int, int, int], tuple[str, ...]] | None


def _year_first(text: str) -> _Found:
    compact = text.replace(" ", "")
    match = re.fullmatch(r"(\d{4}|\d{2})[年./,-](\d{1,2})[月./,-](\d{1,2})[日号]?", compact)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    chinese = "年" in compact or "月" in compact
    # 05.10.26 may begin with the day; 26年 cannot.
    doubt = () if len(match[1]) == 4 or chinese else ("ambiguous_date",)
    return (year, month, day), doubt


def _year_last(text: str) -> _Found:
    match = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text.replace(" ", ""))
    if match is None:
        return None
    first, second, year = (int(part) for part in match.groups())
    if first > 12 >= second:
        return (year, second, first), ()
    if second > 12 >= first:
        return (year, first, second), ()
    return (year, second, first), (() if first == second else ("ambiguous_date",))


def _month_by_name(text: str) -> _Found:
    lowered = text.lower()
    for pattern, order in (
        (r"(\d{1,2})(?:st|nd|rd|th)?[ .,-]*([a-z]{3,9})[ .,-]*(\d{4})", (2, 1, 0)),
        (r"([a-z]{3,9})[ .,-]*(\d{1,2})(?:st|nd|rd|th)?[ .,-]+(\d{4})", (2, 0, 1)),
        (r"(\d{4})[ .,-]*([a-z]{3,9})[ .,-]*(\d{1,2})", (0, 1, 2)),
    ):
        match = re.fullmatch(pattern, lowered)
        if match is None:
            continue
        year, month, day = (match.groups()[place] for place in order)
        if month[:3] in _MONTHS:
            return (int(year), _MONTHS.index(month[:3]) + 1, int(day)), ()
    return None


def _digits_only(text: str) -> _Found:
    match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text.replace(" ", ""))
    return None if match is None else ((int(match[1]), int(match[2]), int(match[3])), ())


def _chinese_date(text: str) -> _Found:
    match = re.fullmatch(
        r"([零〇○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?",
        text.replace(" ", ""),
    )
    if match is None:
        return None
    year = int("".join(str("零一二三四五六七八九".index(c)) for c in match[1].replace("〇", "零").replace("○", "零")))
    month, day = (_chinese_number(part) for part in match.groups()[1:])
    return None if month is None or day is None else ((year, int(month), int(day)), ())


_DATE_RULES: tuple[Callable[[str], _Found], ...] = (
    _year_first,
    _year_last,
    _month_by_name,
    _digits_only,
    _chinese_date,
)
