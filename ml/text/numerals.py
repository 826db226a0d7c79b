"""Numbers written in words: Chinese and English numerals. Standard library only."""

from __future__ import annotations

import re
from decimal import Decimal

EN_UNITS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
EN_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
ZH_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
ZH_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
ZH_MYRIADS = {"万": 10_000, "亿": 100_000_000}


def chinese_number(text: str) -> Decimal | None:
    """The value of a Chinese numeral such as 两万三千, 一百零五, 十二 or 二〇二六; None when it is not one."""
    whole, _, fraction = text.partition("点")
    if not whole or any(c not in ZH_DIGITS and c not in ZH_STEPS and c not in ZH_MYRIADS for c in whole):
        return None
    if all(c in ZH_DIGITS for c in whole):
        if len(whole) == 2 and "〇" not in whole and "零" not in whole:
            return None  # 三四 means "three or four"
        value = Decimal("".join(str(ZH_DIGITS[c]) for c in whole))
    else:
        total = section = digit = 0
        for c in whole:
            if c in ZH_DIGITS:
                digit = ZH_DIGITS[c]
            elif c in ZH_STEPS:
                section += (digit or 1) * ZH_STEPS[c]
                digit = 0
            else:
                total = (total + section + digit or 1) * ZH_MYRIADS[c]
                section = digit = 0
        value = Decimal(total + section + digit)
    if fraction:
        if any(c not in ZH_DIGITS for c in fraction):
            return None
        value += Decimal("0." + "".join(str(ZH_DIGITS[c]) for c in fraction))
    return value


def english_number(text: str) -> Decimal | None:
    """The value of an English numeral such as twenty-five or two hundred and six; None when it is not one."""
    total = current = 0
    for word in re.split(r"[\s-]+", text.strip()):
        if word == "and":
            continue
        if word in EN_UNITS or word in EN_TENS:
            step = EN_UNITS.get(word, EN_TENS.get(word, 0))
            if current % 100 and not (current % 10 == 0 and current % 100 >= 20 and step < 10):
                return None  # "five six" is two numbers
            current += step
        elif word == "hundred":
            current = (current or 1) * 100
        elif word == "thousand":
            total, current = total + (current or 1) * 1000, 0
        else:
            return None
    return Decimal(total + current)
