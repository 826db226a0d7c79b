"""Numbers, percentages, durations, amounts of money, dates and codes in Chinese and English, in one normal form.

Standard library only. Two quantities say the same when their `key`s are equal: "12 minutes", "十二分钟", "720 s" and
"１２分钟" all have the key `duration:720`. Keys are `kind:value`, where the value of a duration is in seconds (months
and longer in months), of data in bytes, and of a date `year-month-day` with `*` for a part that is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from ml.text.folding import fold
from ml.text.numerals import EN_TENS, EN_UNITS, ZH_DIGITS, ZH_MYRIADS, ZH_STEPS, chinese_number, english_number


class Kind(StrEnum):
    NUMBER = "number"
    PERCENT = "percent"
    POINTS = "points"
    """Percentage points: a difference of two percentages."""
    DURATION = "duration"
    MONTHS = "months"
    MONEY = "money"
    MEASURE = "measure"
    DATE = "date"
    CLOCK = "clock"
    CODE = "code"


class Quantity(NamedTuple):
    """One quantity at `start:end` of the text; `key` decides equality."""

    kind: Kind
    key: str
    start: int
    end: int


_SCALES = {
    "万": 10**4,
    "亿": 10**8,
    "千": 10**3,
    "百万": 10**6,
    "千万": 10**7,
    "百亿": 10**10,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "hundred": 100,
    "dozen": 12,
    "w": 10**4,
}
_MONTH_NAMES = (
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
    ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
    ("december", "dec"),
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAY_NAMES, 1)}
_ZH_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7, "末": 8}

_SECONDS = {
    "ms": "0.001",
    "毫秒": "0.001",
    "millisecond": "0.001",
    "s": "1",
    "sec": "1",
    "second": "1",
    "秒": "1",
    "秒钟": "1",
    "min": "60",
    "minute": "60",
    "分钟": "60",
    "h": "3600",
    "hr": "3600",
    "hour": "3600",
    "小时": "3600",
    "个小时": "3600",
    "钟头": "3600",
    "个钟头": "3600",
    "个钟": "3600",
    "day": "86400",
    "天": "86400",
    "日": "86400",
    "week": "604800",
    "周": "604800",
    "星期": "604800",
    "个星期": "604800",
    "礼拜": "604800",
    "个礼拜": "604800",
}
_MONTH_UNITS = {"month": 1, "个月": 1, "quarter": 3, "个季度": 3, "year": 12, "年": 12}
_MONEY = {
    "$": "usd",
    "usd": "usd",
    "dollar": "usd",
    "美元": "usd",
    "美金": "usd",
    "€": "eur",
    "eur": "eur",
    "euro": "eur",
    "欧元": "eur",
    "£": "gbp",
    "gbp": "gbp",
    "pound": "gbp",
    "英镑": "gbp",
    "¥": "cny",
    "cny": "cny",
    "rmb": "cny",
    "yuan": "cny",
    "元": "cny",
    "块": "cny",
    "块钱": "cny",
    "人民币": "cny",
}
_MEASURES = {
    "kb": ("byte", 10**3),
    "mb": ("byte", 10**6),
    "gb": ("byte", 10**9),
    "tb": ("byte", 10**12),
    "km": ("metre", 1000),
    "kilometre": ("metre", 1000),
    "kilometer": ("metre", 1000),
    "公里": ("metre", 1000),
    "千米": ("metre", 1000),
    "米": ("metre", 1),
    "metre": ("metre", 1),
    "meter": ("metre", 1),
    "kg": ("gram", 1000),
    "kilogram": ("gram", 1000),
    "公斤": ("gram", 1000),
    "千克": ("gram", 1000),
    "吨": ("gram", 10**6),
    "ton": ("gram", 10**6),
    "tonne": ("gram", 10**6),
    "litre": ("litre", 1),
    "liter": ("litre", 1),
    "升": ("litre", 1),
    "度": ("degree", 1),
    "degree": ("degree", 1),
    "倍": ("times", 1),
    "times": ("times", 1),
    "fold": ("times", 1),
    "分": ("score", 1),
    "point": ("score", 1),
    "req/s": ("req/s", 1),
    "qps": ("req/s", 1),
    "tps": ("req/s", 1),
}

_ZH_NUMBER = "[零〇一二两俩三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]"
_EN_WORD = "|".join(sorted((*EN_TENS, *EN_UNITS), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_DAY_END = r"(?:st|nd|rd|th)?\b"
_MONTH_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?(?!\d)"),
    re.compile(
        rf"(?P<y>[一二][〇零一二三四五六七八九]{{3}})年(?P<m>\d{{1,2}}|{_ZH_NUMBER}{{1,2}})月(?:(?P<d>\d{{1,"
        rf"2}}|{_ZH_NUMBER}{{1,3}})[日号])?"
    ),
    re.compile(rf"(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>\d{{1,2}}|{_ZH_NUMBER}{{1,2}})\s*月(?!份?\s*\d)"),
    re.compile(rf"(?P<m>\d{{1,2}}|{_ZH_NUMBER}{{1,2}})\s*月\s*(?P<d>\d{{1,2}}|{_ZH_NUMBER}{{1,3}})\s*[日号]?"),
    re.compile(rf"(?P<m>\d{{1,2}}|{_ZH_NUMBER}{{1,2}})\s*月份?"),
    re.compile(rf"\b(?P<d>\d{{1,2}}){_DAY_END}(?:\s+of)?\s+(?P<mn>{_MONTH_NAME})\b\.?(?:,?\s+(?P<y>(?:19|20)\d\d))?"),
    re.compile(rf"\b(?P<mn>{_MONTH_NAME})\.?\s+(?P<d>\d{{1,2}}){_DAY_END}(?:,?\s+(?P<y>(?:19|20)\d\d))?(?!\s*%)"),
    re.compile(rf"\b(?P<mn>{_MONTH_NAME})\b(?:\s+(?P<y>(?:19|20)\d\d))?"),
    re.compile(
        r"(?:(?P<y>(?:19|20)\d\d)\s*年?\s*)?(?:\bq(?P<q>[1-4])\b|第?(?P<qz>[一二三四1-4])季度)(?:\s*(?P<y2>20\d\d))?"
    ),
    re.compile(r"\b(?P<qe>first|second|third|fourth)\s+quarter\b"),
    re.compile(r"(?P<y>(?:19|20)\d\d)\s*年(?!\d)"),
    re.compile(r"\b(?P<wd>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"),
    re.compile(r"(?:星期|礼拜|周)(?P<wz>[一二三四五六日天])"),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})[号日](?![线机楼车位桌岗店厅])"),
    re.compile(r"\bthe\s+(?P<d>\d{1,2})(?:st|nd|rd|th)\b"),
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<h>\d{1,2}):(?P<m>\d\d)(?!\d)(?:\s*(?P<half2>[ap])\.?m\b\.?)?|\b(?P<h2>\d{1,"
    r"2})(?:[.:](?P<m2>\d\d))?\s*(?P<half>[ap])\.?m\b\.?"
    rf"|(?P<day>凌晨|早上|上午|中午|下午|晚上|夜里)?\s*(?P<hz>\d{{1,2}}|{_ZH_NUMBER}{{1,3}})点(?P<mz>半|一刻|"
    rf"\d{{1,2}}分?|{_ZH_NUMBER}{{1,3}}分?)?(?!个|钟头|[\d左])"
)
_CODE = re.compile(
    r"(?<![a-z0-9])(?=[a-z0-9])(?=[a-z0-9._/#-]{0,200}\d)(?=[a-z0-9._/#-]{0,200}[a-z])[a-z0-9]+(?:[._/#-][a-z0-9]+)*(?![a-z0-9])"
)
_PERCENT_ZH = re.compile(rf"百分之(?P<n>{_ZH_NUMBER}+(?:点{_ZH_NUMBER}+)?|{_DIGITS})")
_TENTHS_ZH = re.compile(r"(?P<n>[一二两三四五六七八九])成(?P<h>半|[一二三四五六七八九])?(?![为功长本立熟果绩交品员就])")
_HALF = re.compile(
    r"半(?:个)?(?P<zu>小时|钟头|天|年|月)|\bhalf\s+(?:an?\s+)?(?P<eu>hour|day|year)\b|\b(?P<an>an)\s+hour\b"
)
_NUMBER = re.compile(
    rf"(?P<cur>[$€£¥])?\s?(?P<sign>(?<![\w\d])[-+])?(?P<dig>(?<![a-z\d.]){_DIGITS})"
    rf"|(?P<eng>\b(?:{_EN_WORD})(?:[- ](?:{_EN_WORD}|hundred|thousand|and))*\b)|(?P<dozen>\b(?:a\s+)?dozen\b)"
    rf"|(?P<han>第?{_ZH_NUMBER}+(?:点{_ZH_NUMBER}+)?)"
)
_SCALE = re.compile(
    r"\s?(百万|千万|百亿|万|亿|千(?!米|克)|(?:thousand|million|billion|hundred|dozen|bn|mn)\b|"
    r"[km](?![a-z/²³\d])|w(?![a-z\d]))"
)
_UNIT = re.compile(
    r"\s?(?:(?P<pct>%|％|percent\b|per\s?cent\b)|(?P<pts>个?百分点|percentage\s+points?\b|个点(?!子)|pp\b)"
    r"|(?P<zu>毫秒|秒钟?|分钟|个?小时|个?钟头|个钟|天|周(?!年|[一二三四五六日末])|个?星期|个?礼拜|个月|个季度|"
    r"年(?!级|度|[\d/.-])"
    r"|美元|美金|欧元|英镑|块钱?(?![^，。；;,.\s]*?(?:板|布|砖))|元|人民币|公里|千米|米(?!饭)|公斤|千克|吨|"
    r"升(?!级|至|到|了)|度(?!假)|倍|分(?!别|析|享|配|批|支|工|钟|成|之|类|组|店))"
    r"|-?(?P<eu>milliseconds?|seconds?|minutes?|hours?|hrs?|days?|weeks?|months?|quarters?|years?|mins?|secs?|ms|h"
    r"|s(?=[内后前左以降升到变缩减]|(?![一-鿿]))"
    r"|dollars?|euros?|pounds?|usd|eur|gbp|cny|rmb|yuan|kilomet(?:re|er)s?|met(?:re|er)s?|km|kilograms?|kg|"
    r"tonnes?|tons?"
    r"|lit(?:re|er)s?|degrees?|times|fold|points?|req/s|qps|tps|kb|mb|gb|tb)(?![a-z\d_]))"
)
_RANGE_END = re.compile(
    rf"\s*(?:to|and|or|-|~|到|至|降到|降至|升到|升至)\s*(?:{_DIGITS}|(?:{_EN_WORD})(?:-(?:{_EN_WORD}))?(?![a-z]))"
)
_COUNTER = re.compile(
    r"\s?(?:余|"
    r"多)?[个名位次家件张条笔单人台套份项起场封页行组例遍轮班层步步门间家户头只辆趟副幅道处批列箱款本门颗瓶盒桶罐所座篇句版档种块回国级点]"
)
_ZH_NOT_COUNT = re.compile(
    r"十分(?!钟)|万一|千万(?!元|块)|一[下直起样定般旦并致切贯流些点律旁面边味心同向再时度经方番]|百般|三番|"
    r"统一|唯一|之一|第一时间|四处|七上八下"
)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _int(text: str | None) -> int | None:
    if not text:
        return None
    if text.isdigit():
        return int(text)
    value = chinese_number(text)
    return int(value) if value is not None else None


def _date(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    year = _int(part.get("y") or part.get("y2"))
    if part.get("wd") or part.get("wz"):
        return f"weekday-{_WEEKDAYS.get(part.get('wd') or '', 0) or _ZH_WEEKDAYS.get(part.get('wz') or '', 0)}"
    quarter = part.get("q") or part.get("qz")
    if part.get("qe"):
        quarter = str(["first", "second", "third", "fourth"].index(part["qe"] or "") + 1)
    if quarter:
        return f"{year or '*'}-q{_int(quarter)}"
    name = part.get("mn")
    month = _MONTHS[name] if name else _int(part.get("m"))
    day = _int(part.get("d"))
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    if (
        name == "may"
        and day is None
        and year is None
        and not re.search(
            r"(?:\b(?:in|by|since|until|of|last|this|next|during|from|to|and|before|after)|,)\s*$",
            match.string[: match.start()],
        )
    ):
        return None  # the verb
    return f"{year or '*'}-{month or '*'}-{day or '*'}"


def _clock(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    hour = _int(part["h"] or part["h2"] or part["hz"])
    minutes = part["m"] or part["m2"] or (part["mz"] or "").removesuffix("分")
    minute = {"半": 30, "一刻": 15}.get(minutes, _int(minutes) or 0)
    if hour is None or hour > 24 or minute > 59:
        return None
    if ("p" in {part["half"], part["half2"]} or part["day"] in {"下午", "晚上"}) and hour < 12:
        hour += 12
    return f"{hour}:{minute:02d}"


def _number(match: re.Match[str]) -> Decimal | None:
    if match["dig"]:
        try:
            return Decimal(match["dig"].replace(",", ""))
        except InvalidOperation:
            return None
    if match["dozen"]:
        return Decimal(12)
    if match["eng"]:
        return english_number(match["eng"])
    return chinese_number(match["han"].removeprefix("第"))


def _with_unit(value: Decimal, unit: re.Match[str] | None, currency: str | None) -> tuple[Kind, str]:
    if currency:
        return Kind.MONEY, f"money:{_plain(value)}{_MONEY[currency]}"
    if unit is None:
        return Kind.NUMBER, f"number:{_plain(value)}"
    if unit["pct"]:
        return Kind.PERCENT, f"percent:{_plain(value)}"
    if unit["pts"]:
        return Kind.POINTS, f"points:{_plain(value)}"
    name = unit["zu"] or unit["eu"]
    if name not in _SECONDS and name not in _MONTH_UNITS and name not in _MONEY and name not in _MEASURES:
        name = name.removesuffix("s")
    if name in _SECONDS:
        return Kind.DURATION, f"duration:{_plain(value * Decimal(_SECONDS[name]))}"
    if name in _MONTH_UNITS:
        return Kind.MONTHS, f"months:{_plain(value * _MONTH_UNITS[name])}"
    if name in _MONEY:
        return Kind.MONEY, f"money:{_plain(value)}{_MONEY[name]}"
    measure, factor = _MEASURES[name]
    return Kind.MEASURE, f"measure:{_plain(value * factor)}{measure}"


def _fixed_forms(text: str) -> Iterator[Quantity]:
    for match in _PERCENT_ZH.finditer(text):
        value = chinese_number(match["n"]) if not match["n"][0].isdigit() else Decimal(match["n"].replace(",", ""))
        if value is not None:
            yield Quantity(Kind.PERCENT, f"percent:{_plain(value)}", match.start(), match.end())
    for match in _TENTHS_ZH.finditer(text):
        half = {"半": 5, None: 0}.get(match["h"], ZH_DIGITS.get(match["h"] or "", 0))
        yield Quantity(Kind.PERCENT, f"percent:{ZH_DIGITS[match['n']] * 10 + half}", match.start(), match.end())
    for match in _HALF.finditer(text):
        unit = match["zu"] or match["eu"] or "hour"
        key = {
            "小时": "duration:1800",
            "钟头": "duration:1800",
            "hour": "duration:1800",
            "天": "duration:43200",
            "day": "duration:43200",
            "年": "months:6",
            "year": "months:6",
            "月": "months:0.5",
        }[unit]
        if match["an"]:
            key = "duration:3600"
        yield Quantity(Kind(key.partition(":")[0]), key, match.start(), match.end())
    for pattern in _DATES:
        for match in pattern.finditer(text):
            date = _date(match)
            if date:
                yield Quantity(Kind.DATE, f"date:{date}", match.start(), match.end())
    for match in _CLOCK.finditer(text):
        clock = _clock(match)
        if clock:
            yield Quantity(Kind.CLOCK, f"clock:{clock}", match.start(), match.end())


def _numbers(text: str) -> Iterator[Quantity]:
    idioms = [match.span() for match in _ZH_NOT_COUNT.finditer(text)]
    for match in _NUMBER.finditer(text):
        value = _number(match)
        if value is None:
            continue
        end = match.end()
        scale = _SCALE.match(text, end)
        if scale and not (match["han"] and scale[1] not in _SCALES):
            value *= _SCALES[scale[1]]
            end = scale.end()
        unit = _UNIT.match(text, end)
        if match["han"]:
            if any(start < end and match.start() < stop for start, stop in idioms):
                continue
            spelled = len(match["han"]) >= 3 and any(c in ZH_STEPS or c in ZH_MYRIADS for c in match["han"])
            if not unit and not spelled and not _COUNTER.match(text, end):
                continue  # 统一, 一直, 三方: characters of words, not counts
            if value == 1 and not unit:
                continue  # 一个 is an article
        if match["eng"] == "one" and not unit:
            continue
        if unit is None and match["cur"] is None:
            # "from 52 to 18 minutes": the first number has the unit of the second
            upper = _RANGE_END.match(text, end)
            unit = _UNIT.match(text, upper.end()) if upper else None
            kind, key = _with_unit(value, unit, None)
            yield Quantity(kind, key, _start(match), end)
            continue
        kind, key = _with_unit(value, unit, match["cur"])
        yield Quantity(kind, key, _start(match), unit.end() if unit else end)


def _start(match: re.Match[str]) -> int:
    """Where the number begins, after the blank that a currency sign may be followed by."""
    return match.start() + (match.group()[:1].isspace())


def quantities(text: str) -> list[Quantity]:
    """All quantities of the text in order; where readings overlap, dates and fixed forms win, then the longer one."""
    folded = fold(text)
    taken = bytearray(len(folded))
    found: list[Quantity] = []

    def take(candidates: Iterator[Quantity]) -> None:
        for quantity in candidates:
            if not any(taken[quantity.start : quantity.end]):
                taken[quantity.start : quantity.end] = b"\1" * (quantity.end - quantity.start)
                found.append(quantity)

    take(_fixed_forms(folded))
    numbers = list(_numbers(folded))
    ends = {number.start: number.end for number in numbers}
    take(
        Quantity(Kind.CODE, f"code:{match.group()}", match.start(), match.end())
        for match in _CODE.finditer(folded)
        if ends.get(match.start(), -1) < match.end()  # "480ms" is a duration, "v2.1" and "p95" are codes
    )
    take(iter(numbers))
    return sorted(found, key=lambda quantity: quantity.start)
