"""Numbers with their units in running text, Chinese and English, after NFKC.

Read: 1,331; .07771; 10.7万; 12k; 百分之三; 一千二百; 2m3.5s; 00:05:00; 2小时30分; ranges; ±. Not numbers of anything:
dates, clock times, versions, addresses, identifiers, telephone numbers; they are masked before the search.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import cn2an

from ml.metrics.spelled import spelled, spelled_number
from ml.metrics.units import SHARE, TIME, Unit, match_unit
from ml.metrics.words import PENDING


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start`–`end` of a text. `comparison` is what stands before or after it: "<", ">", "~" or nothing.

    `upper` is the end of a range that begins with `value`."""

    value: Decimal
    unit: Unit | None
    start: int
    end: int
    raw: str
    comparison: str = ""
    upper: Decimal | None = None


def normalise(text: str) -> str:
    """NFKC with one kind of space, dash and quote: full-width digits and letters become ASCII."""
    if text.isascii():
        return text.replace("\xa0", " ")
    # A full-width comma separates clauses; folded to a bare "," it would join "100，200" into one number.
    folded = unicodedata.normalize("NFKC", _WIDE_COMMA.sub(", ", text))
    return folded.translate(_FOLD)


_WIDE_COMMA = re.compile(r"，(?![０-９])")
_FOLD = str.maketrans(
    {
        "\xa0": " ",
        "\u200b": None,
        "\ufeff": None,
        "−": "-",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "～": "~",
        "〜": "~",
        "≦": "≤",
        "≧": "≥",
        "⩽": "≤",
        "⩾": "≥",
        "μ": "µ",
    }
)

_TIME_OF_DAY = (
    r"(?:[,T\s]*\b\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*(?:[-~]|至|到)\s*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"(?:\s*(?:am|pm|utc|gmt|[cemp][sd]t|cest|cet|bst|ist|jst|hkt|msk))?\b(?:\s+20\d\d(?=\s*(?:[,.;)\]，。；）]|$)))?)?"
)
"""What may stand behind a date and is no length of time: "10:57:14", "09:00-11:30", "10:57:14 CST 2026"."""
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_MASKED = re.compile(
    r"""
      https?://\S+ | \b[\w.+-]+@[\w-]+\.[\w.]+                                   # addresses
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b | \blocalhost:\d+                      # hosts
    | \b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2}(?!:))?
      (?:\s*(?:[-~]|至|到)\s*\d{1,2}:\d{2}(?::\d{2})?)?\b                          # dates
    | \b\d{1,2}[/.]\d{1,2}[/.]\d{4}(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?)?\b
    | \d{2,4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*[日号]<time>)?
    | \d{1,2}\s*月\s*\d{1,2}\s*[日号]<time> | \d{1,2}\s*月(?:份|底|初|中旬)
    | (?:\b<month>\.?\s+\d{1,2}(?:st|nd|rd|th)?\b
      (?:,?\s+\d{4}\b)?<time>)
    | (?:\b\d{1,2}(?:st|nd|rd|th)?[\s-]+<month>\b
      (?:[,\s-]+\d{4}\b)?<time>)
    | \bv?\d+\.\d+\.\d+(?:[.-]\w+)*\b | \b[vV]\d+(?:\.\d+)*\b                     # versions
    | \b(?:HTTP|TLS|OAuth)/?\s?\d(?:\.\d)?\b
    | (?<![\w./-])[\w./-]*\d[\w./-]*\.(?:png|jpe?g|gif|svg|webp|md|docx?|xlsx?|pdf|csv|html?     # files
      |jmx|jtl|js|ts|py|sh|ps1|sql|ya?ml)\b
    | \d+\s*核\s*\d+\s*线程                                                          # a processor
    | \b1[3-9]\d{9}\b                                                            # mobile telephone
    | \b[A-Za-z]+-\d+(?:/\d+)*\b(?!\s*(?:%|ms\b|s\b)) | \#\d+\b                           # ticket numbers
    | \b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,}\b                          # digests
    | \b(?:loadrunner|jmeter|ngrinder|windows(?:\ server)?|centos|ubuntu|debian|rhel|kylin|mysql|oracle
      |postgres(?:ql)?|redis|kafka|jdk|java|python|node(?:\.js)?|tomcat|nginx|chrome|firefox|edge|android|ios
      |excel|office)\ ?v?\d+(?:\.\d+)*\w?\b(?!\s*(?:%|ms\b|s\b|req))              # versions of products
    | \b\d+\s*[×xX*]\s*24\b\s*(?:h\b|hours?|个?小时)?                                 # round the clock
    | 端口\s*(?:号|为|:)?\s*\d+ | \bports?\s*[:=]?\s*\d+
    | 第\s*[\d一二三四五六七八九十]+\s*[章节条轮次个步期页阶周季] | (?:图|表|附录|步骤)\s*\d+(?:[-.]\d+)*
    | \b(?:fig(?:ure)?|table|step|section|chapter|phase|page|round|run|build|release|version|sprint|iteration|q)
      \.?\s*\#?\d+(?:[.-]\d+)*\b
    """.replace("<time>", _TIME_OF_DAY).replace("<month>", _MONTH),
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,3}):([0-5]\d)(?::([0-5]\d)(\.\d+)?)?(?![\d:])", re.ASCII)
_NUMBER = re.compile(
    r"(?<![\w.])(?<![\d],)(?P<sign>[-+±](?=[\d.]))?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?P<power>[eE][+-]?\d+)?"
    r"(?!\d|,\d)",
    re.ASCII,
)
_SCALE = re.compile(
    r"\s*(万亿|百万|千万|万|亿|千(?=[个次条笔人用请]|\s*$))|([kKMm])(?![A-Za-z0-9/])|\s*(million|billion|thousand)\b",
    re.ASCII,
)
_SCALES = {
    "万": 10**4, "亿": 10**8, "万亿": 10**12, "百万": 10**6, "千万": 10**7, "千": 1000, "k": 1000, "K": 1000,
    "M": 10**6, "million": 10**6, "billion": 10**9, "thousand": 1000,
}  # fmt: skip
_COMPOUND = re.compile(
    r"(?<![\w.])(?:(\d+)\s*(?:h|hr|hrs|hours?|个?小时)(?![A-Za-z])\s*)?"
    r"(?:(\d+)\s*(?:m|min|mins|minutes?|分钟?)(?![A-Za-z])\s*(?:,\s*)?(?:and\s+)?)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:s|sec|secs|seconds?|秒钟?)(?![A-Za-z]))?",
    re.ASCII,
)
_ZH_PERCENT = re.compile(r"([百千万])分之([零〇一二两三四五六七八九十百千点\d.]+)")
_ZH_NUMERAL = re.compile(
    r"(?<![零〇一二两三四五六七八九十百千万亿点第])"
    r"([零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿点]+)(?=\s*(?:个|次|条|笔|人|用户|并发|毫秒|秒|分钟|小时|台|路|名|项|例|TPS|QPS))"
)
_BEFORE = re.compile(
    r"(?P<less><=?|≤|不(?:得|能|应|可)?(?:超过|高于|大于|多于|长于)|小于(?:等于)?|低于|少于|未超过|不到|不足|至多|最多不超过|"
    r"\b(?:below|under|less than|lower than|at most|no more than|not exceed(?:ing)?"
    r"|up to|within|fewer than|max(?:imum)? of|<)\b|\bsub-)|"
    r"(?P<more>>=?|≥|不(?:得|能|应|可)?(?:低于|少于|小于)|大于(?:等于)?|高于|超过|多于|至少|突破|"
    r"\b(?:above|over|more than|greater than|at least|no less than|exceed(?:s|ed|ing)?)\b)|"
    r"(?P<about>约为?|大约|大概|左右|接近|将近|~|≈|\b(?:about|around|approximately|roughly|nearly|almost|circa)\b)"
    r"", re.IGNORECASE | re.ASCII)  # fmt: skip
_AFTER = re.compile(
    r"\s*(?:(?P<less>以内|之内|以下|及以下|\bor (?:less|lower|below)\b)|(?P<more>以上"
    r"|及以上|\+(?!\d)|多(?=[个次条人])|\bor (?:more|higher|above)\b)|(?P<about>左右"
    r"|上下))",
    re.IGNORECASE | re.ASCII,
)
_RANGE = re.compile(r"\s*(?:-|~|到|至|\bto\b)\s*(?=[\d.])", re.ASCII)


def may_hold_number(text: str) -> bool:
    """Whether a text has a digit or a Chinese numeral at all."""
    if _DIGIT.search(text) is not None:
        return True
    if not text.isascii() and _IN_CHARACTERS.search(text) is not None:
        return True
    spelled = "ty" in text or "hundred" in text or "thousand" in text or "million" in text
    return spelled and _SPELLED.search(text) is not None


def mask(text: str, spans: tuple[tuple[int, int], ...] = ()) -> str:
    """`text` with dates, addresses, versions and the given spans blanked out, its length unchanged."""
    masked = _MASKED.sub(lambda found: " " * len(found.group()), text)
    for start, end in spans:
        masked = masked[:start] + "\x00" * (end - start) + masked[end:]
    return masked


def to_decimal(text: str) -> Decimal | None:
    """A finite decimal from digits with thousands separators, or None."""
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


@lru_cache(maxsize=2048)
def chinese_number(text: str) -> Decimal | None:
    """一千二百 → 1200, 零点零三 → 0.03; None when it is not a number."""
    try:
        return Decimal(str(cn2an.cn2an(text, "smart")))
    except (ValueError, InvalidOperation):
        return None


def _comparison(text: str, start: int, end: int) -> str:
    after = _AFTER.match(text, end)
    if after:
        return "<" if after.group("less") else ">" if after.group("more") else "~"
    window = text[max(0, start - 16) : start]
    last = None
    for found in _BEFORE.finditer(window):
        if not re.search(r"[\d;,，。；、]", window[found.end() :]) and len(window) - found.end() <= 4:
            last = found
    if last is None:
        return ""
    return "<" if last.group("less") else ">" if last.group("more") else "~"


def quantities(text: str, spans: tuple[tuple[int, int], ...] = ()) -> list[Quantity]:
    """All numbers of a normalised text in order, with unit, scale, comparison and range; `spans` are left out."""
    masked = mask(text, spans)
    taken: list[Quantity] = []

    def free(start: int, end: int) -> bool:
        return all(end <= other.start or start >= other.end for other in taken)

    for found in _CLOCK.finditer(masked):
        first, second, third, fraction = found.groups()
        if third is None:
            taken.append(Quantity(Decimal(0), Unit("clock", "clock"), found.start(), found.end(), found.group()))
            continue
        seconds = Decimal(int(first) * 3600 + int(second) * 60 + int(third)) + Decimal(fraction or 0)
        taken.append(Quantity(seconds, Unit("second", TIME, "clock"), found.start(), found.end(), found.group()))
    for found in _COMPOUND.finditer(masked):
        hours, minutes, secs = found.groups()
        if sum(part is not None for part in (hours, minutes, secs)) < 2 or not free(found.start(), found.end()):
            continue
        seconds = Decimal(hours or 0) * 3600 + Decimal(minutes or 0) * 60 + Decimal(secs or 0)
        taken.append(Quantity(seconds, Unit("second", TIME), found.start(), found.end(), found.group().strip()))
    for found in _ZH_PERCENT.finditer(masked):
        share = to_decimal(found.group(2)) if found.group(2)[0].isdigit() else chinese_number(found.group(2))
        if share is not None:
            value = share * 100 / {"百": 100, "千": 1000, "万": 10000}[found.group(1)]
            note = _comparison(masked, found.start(), found.end())
            taken.append(Quantity(value, Unit("percent", SHARE), found.start(), found.end(), found.group(), note))
    for found in _ZH_NUMERAL.finditer(masked):
        number = chinese_number(found.group(1))
        if number is not None and free(found.start(), found.end()):
            taken.append(_with_unit(masked, number, found.start(), found.end()))
    for found in spelled(masked):
        if free(found.start(), found.end()) and (number := spelled_number(found.group())) is not None:
            quantity = _with_unit(masked, number, found.start(), found.end())
            if quantity.unit is not None and (number >= 10 or quantity.unit.dimension == TIME):
                taken.append(quantity)
    for found in _NUMBER.finditer(masked):
        if not free(found.start(), found.end()) or _IDENTIFIER.fullmatch(found.group("digits")):
            continue
        digits = to_decimal(found.group("digits") + (found.group("power") or ""))
        if digits is not None and abs(digits.adjusted()) < 30:
            negative = found.group("sign") == "-" and not _dash_joins(masked, found.start())
            taken.append(_with_unit(masked, -digits if negative else digits, found.start("digits"), found.end()))
    taken.sort(key=lambda quantity: quantity.start)
    if "*" in masked or "×" in masked or _LIMIT_WORD.search(masked):
        taken = [quantity for quantity in taken if not _told_otherwise(masked, quantity)]
    return _join_ranges(
        masked, [quantity for quantity in taken if quantity.unit is None or quantity.unit.name != "clock"]
    )


_IDENTIFIER = re.compile(r"0\d{2,}")
""" "0056132": no count is written so."""
_LIMIT_WORD = re.compile(r"time-?out|超时", re.IGNORECASE)
_IS_LIMIT = re.compile(r"\s*的?(?:time-?outs?\b|超时(?![率次数]))", re.IGNORECASE)
_FACTOR_FOLLOWS = re.compile(r"(?: [*×] |[*×])\d")
_FACTOR_BEFORE = re.compile(r"\d(?: [*×] |[*×])$")


def _told_otherwise(text: str, quantity: Quantity) -> bool:
    """Whether a number is a factor of a sum that is written out ("2 * 0.1"), or how long was waited ("1 s timeout")."""
    if quantity.unit is not None and quantity.unit.dimension == TIME and _IS_LIMIT.match(text, quantity.end):
        return True
    return bool(
        _FACTOR_FOLLOWS.match(text, quantity.end)
        or _FACTOR_BEFORE.search(text[max(0, quantity.start - 4) : quantity.start])
    )


def _dash_joins(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] not in " (:=[,\t"


def _with_unit(text: str, value: Decimal, start: int, end: int) -> Quantity:
    scale = _SCALE.match(text, end)
    if scale:
        letters = next(part for part in scale.groups() if part)
        # "5m" is five minutes and "12M" after a word of memory is megabytes: only k, K and M scale.
        if letters != "m":
            value, end = value * _SCALES[letters], scale.end()
    unit = match_unit(text, end)
    stop = unit[1] if unit else end
    return Quantity(
        value, unit[0] if unit else None, start, stop, text[start:stop].strip(), _comparison(text, start, stop)
    )


_MOVES = re.compile(r"(?:\bfrom|由|从)\s*$", re.IGNORECASE)


def _join_ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if (
            last
            and last.upper is None
            and (between := _RANGE.match(text, last.end))
            and between.end() == quantity.start
            and not _MOVES.search(text[: last.start])
        ):
            unit = quantity.unit or last.unit
            joined[-1] = Quantity(
                last.value, unit, last.start, quantity.end, text[last.start : quantity.end], "-", quantity.value
            )
        elif last and text[last.end : quantity.start].strip() in {"±", "+/-"}:
            joined[-1] = Quantity(
                last.value,
                last.unit or quantity.unit,
                last.start,
                quantity.end,
                text[last.start : quantity.end],
                last.comparison,
            )
        else:
            joined.append(quantity)
    return joined


_EMPTY = re.compile(
    rf"^(?:|[-–—_/\\.*\s]+|n/?a|na|nil|none|null|nan|-nan|[_*(（\[]*{PENDING}[_*)）\]]*|未测试?|无|暂无|略|xx+|x+|x\.x+%?|[?？]+|\{{.*\}}|\[.*\]|<.*>)$",
    re.IGNORECASE,
)


_PART_OF = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*(?:[(（].*[)）]|[,，;；][^/]*)?\s*", re.ASCII)


def share_of(text: str) -> Quantity | None:
    """The share that "9/12" is, of a text that is nothing else; None when it is no part of a whole."""
    found = _PART_OF.fullmatch(text)
    if found is None or not 0 < int(found.group(2)) >= int(found.group(1)):
        return None
    share = Decimal(int(found.group(1)) * 100) / int(found.group(2))
    return Quantity(share, Unit("percent", SHARE), 0, len(text), text)


def is_empty(cell: str) -> bool:
    """Whether a cell holds nothing, or a sign that nothing was measured."""
    return bool(_EMPTY.match(cell.strip()))


_ARROW = re.compile(r"->|=>|[→➔➜⇒]")


def became(text: str) -> str:
    """What stands behind the arrow of "18.4 ms → 15.1 ms"; a text without one as it is."""
    if _ARROW.search(text) is None:
        return text
    before, arrow, after = _ARROW.sub("→", text).rpartition("→")
    return after.strip() if arrow and re.search(r"\d", before) and re.search(r"\d", after) else text


_PLAIN_CELL = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d+)?)(?P<unit> ?(?:%|ms|s))?", re.ASCII
)
_BEGINS_OTHERWISE = re.compile(
    r"(?!below|under|less|lower|at |no |not |within|fewer|max|above|over|more|greater|exceed|about|around|approx"
    r"|roughly|nearly|almost|circa|avg|min)[A-Za-z/]",
    re.IGNORECASE | re.ASCII,
)
"""A name at the start ("GET /orders/7"): no word that may stand before the number of a cell."""
_LETTER_BEHIND = re.compile(r"[A-Z]")
""" "2Z": a slip of the pen, or a name."""
_DIGIT = re.compile(r"\d")
_SPELLED = re.compile(r"\b(?:(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)y|hundred|thousand|million)\b")
_IN_CHARACTERS = re.compile(r"[百千万]分之|[零〇一二两三四五六七八九十][十百千万]")
_PLAIN_UNITS = {"%": Unit("percent", SHARE), "ms": Unit("millisecond", TIME), "s": Unit("second", TIME)}


@lru_cache(maxsize=8192)
def cell_quantity(cell: str) -> Quantity | None:
    """The one number that a table cell or the value of a label is: a number with unit and at most a short note."""
    text = cell.strip()
    if text[:1] == "0" and _IDENTIFIER.fullmatch(text):
        return None
    if plain := _PLAIN_CELL.fullmatch(text):
        unit = plain.group("unit")
        value = Decimal(plain.group("digits").replace(",", ""))
        return Quantity(value, _PLAIN_UNITS[unit.strip()] if unit else None, 0, len(text), text)
    if len(text) > 80 or _BEGINS_OTHERWISE.match(text) or not may_hold_number(text) or is_empty(text):
        return None
    found = quantities(text)
    if not found:
        return None
    first = found[0]
    before, after = text[: first.start].strip(), text[first.end :].strip()
    if len(found) > 1 and not re.match(r"^[(（/\[|,，]", after):
        return None
    if (
        before
        and not _BEFORE.fullmatch(before)
        and not re.fullmatch(r"[+±<>=≤≥≈~$¥￥✓✗✅❌]+|[最]?[大高]|共计?|达到?|avg|max|min", before)
    ):
        return None
    if re.match(r"[×倍]|[xX](?![A-Za-z])", after) or (first.unit is None and _LETTER_BEHIND.fullmatch(text, first.end)):
        return None
    if after and not re.match(r"^[(（\[/|,，;；]", after) and len(after) > 8 and first.unit is None:
        return None
    return first
