"""The forms by which a segment shows what it is: occasions, times, effects, subjects, movements."""

from __future__ import annotations

import re

from ml.assist.lexicon import chinese, english
from ml.assist.measures import LESS_IS_BETTER, MORE_IS_BETTER

CONTRAST = {
    "zh": re.compile("|".join(map(re.escape, chinese.CONTRAST))),
    "en": re.compile(rf"\b(?:{'|'.join(map(re.escape, english.CONTRAST))})"),
}
PATTERNS = {
    "zh": {
        "event": re.compile(chinese.EVENTS),
        "time": re.compile(chinese.TIMES),
        "impact": re.compile(rf"(?:{chinese.IMPACT_START})"),
        "cause": re.compile(rf"(?:{chinese.CAUSE_START})"),
        "affected": re.compile(chinese.AFFECTED),
        "lower": LESS_IS_BETTER["zh"],
        "higher": MORE_IS_BETTER["zh"],
        "lead": re.compile(r"在|当|自|从|每当|就在|上次|趁|值|距|随着"),
        "lead_end": re.compile(
            r"(?:时候|时|期间|之?后|以来|之?前|前夜|前夕|过程中|中|里|上|下|那[天次晚周趟年月]|那几[天次周]|"
            r"当[天晚]|[夜早白晚]班|时候起|起|那会儿?)$"
        ),
        "subject": re.compile(
            r"(?:但|不过|可是?|然而|却|而且|并且?|还|也|同时|因为|当时)?(?:你们?|您|他们?|她们?|我们?|"
            r"[老小阿][一-鿿]|[一-鿿]{1,3}(?:老师|护士|经理|师傅|组长|主管|医生|工|总)|组长|班长|师傅|客服)"
        ),
        "from_to": re.compile(r"(?:从|由)?.{0,8}\d.{0,6}(?:到|至|变成|变为)\s*\d"),
        "trait": re.compile(r"(?:能力|态度|意识|精神|责任心|素质|情商|水平|性格|为人|表现|思路|逻辑|格局|作风)"),
        "aspect": re.compile(r"了|把|给|将|对|向|为|跟|与|替|陪"),
        "result_clause": re.compile(chinese.RESULT_CLAUSE),
    },
    "en": {
        "event": re.compile(rf"\b(?:{english.EVENTS})\b"),
        "time": re.compile(
            rf"\b(?:{english.TIMES}|(?:last|this|next|every|each)\s(?:week|month|quarter|year|sprint|night|"
            rf"shift|time))\b"
        ),
        "impact": re.compile(rf"(?:{english.IMPACT_START})\b"),
        "cause": re.compile(rf"(?:{english.CAUSE_START})\b"),
        "affected": re.compile(rf"\b(?:{english.AFFECTED})\b"),
        "lower": LESS_IS_BETTER["en"],
        "higher": MORE_IS_BETTER["en"],
        "lead": re.compile(
            r"(?:during|throughout|while|when|whenever|in|on|at|for|over|across|between|before|after|since|"
            r"until|following|ahead of|as|with|amid|last|this|yesterday|right after|right before|by|from|two|"
            r"three|twice|just before)\b"
        ),
        "lead_end": re.compile(r"\b(?:ago|earlier|later)$"),
        "subject": re.compile(
            r"(?:but |yet |and |although |however,? |though |while |then |also |because |after |since |when "
            r")?(?:you|she|he|i|they|your|his|her|my|the (?:driver|nurse|team lead|technician|fitter|engineer|"
            r"operator|agent))\b"
        ),
        "from_to": re.compile(r"\bfrom\b.{0,20}\d.{0,12}\bto\b|\d.{0,10}(?:\bto\b|\binstead of\b).{0,6}\d"),
        "trait": re.compile(
            r"\b(?:is|was|are|were|seems|be|being|has|have)\s+(?:an?\s+|the\s+|so\s+|very\s+|really\s+|"
            r"always\s+|too\s+|quite\s+)*(?!\w+ed\b|\w+ing\b)[a-z]+"
        ),
        "aspect": re.compile(r"\b(?:to|with|for)\b"),
        "result_clause": re.compile(rf"\b(?:{english.RESULT_CLAUSE})\b"),
    },
}
