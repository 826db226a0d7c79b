"""What the SMART check says about a letter and proposes, in Chinese and English."""

from __future__ import annotations

from resolvers.languages import in_language
from resolvers.rules.smart.contract import Finding, Ground, Letter, Verdict

_EXPLANATIONS: dict[Ground, tuple[str, str]] = {
    Ground.ACTION_AND_OBJECT: ("写明了要做什么、对象是什么。", "It says what is done to what."),
    Ground.FIGURE_AND_OBJECT: ("写明了对象和要达到的数值。", "It names the object and a figure."),
    Ground.VAGUE_OBJECT: (
        "对象过于笼统，看不出具体是什么。",
        "The object is too general to know what is meant.",
    ),
    Ground.NO_ACTION: (
        "有对象，但没有写明要做什么。",
        "There is an object, and no word of what is to be done.",
    ),
    Ground.NO_OBJECT: ("看不出具体对象。", "There is no object to be seen."),
    Ground.QUANTITY: ("有可以衡量的数值。", "There is a figure to measure by."),
    Ground.MEASURES: ("目标下的衡量标准给出了目标值。", "The goal's measures say what is to be reached."),
    Ground.MILESTONE: (
        "只能判断做到或没做到，没有程度。",
        "One can only tell whether it was done, not how well.",
    ),
    Ground.VAGUE_DEGREE: ("只有程度词，没有数值。", "There is a word of degree and no figure."),
    Ground.NO_QUANTITY: ("没有可以衡量的数值。", "There is no figure to measure by."),
    Ground.BASELINE: (
        "给出了现状，可以判断跨度。",
        "The present state is given, so the step can be judged.",
    ),
    Ground.MEANS: ("写明了用什么办法。", "It says by what means."),
    Ground.EXTREME: (
        "要求绝对化，难以保证做到。",
        "It asks for something absolute that nobody can promise.",
    ),
    Ground.LEAP: (
        "目标超过现状的三倍（或不足三分之一）。",
        "The target is more than three times the start, or under a third.",
    ),
    Ground.NO_BASELINE: (
        "没有现状，无法判断能否做到。",
        "Without the present state one cannot judge whether it can be done.",
    ),
    Ground.NOTHING_TO_JUDGE: (
        "没有现状、办法或数值可供判断。",
        "There is neither start, nor means, nor figure to judge by.",
    ),
    Ground.ALIGNED: ("已对齐上级目标。", "It serves another goal."),
    Ground.PURPOSE: ("写明了目的。", "It says what it is for."),
    Ground.OUTCOME: ("指向一项业务结果。", "It names an outcome of the business."),
    Ground.NO_PURPOSE: ("看不出服务于哪个目标或结果。", "One cannot see which goal or outcome it serves."),
    Ground.DEADLINE: ("写明了截止时间。", "It says by when."),
    Ground.CYCLE: ("文字中没有时间，以周期结束日为准。", "The text has no date; the end of the cycle counts."),
    Ground.FREQUENCY: ("只有频率，没有截止时间。", "It says how often, and not until when."),
    Ground.VAGUE_TIME: ("时间含糊，不是具体期限。", "The time is vague and no deadline."),
    Ground.NO_TIME: ("没有截止时间。", "There is no deadline."),
}
_SUGGESTIONS: dict[Letter, tuple[str, str]] = {
    Letter.SPECIFIC: (
        "具体要对什么对象做什么？请写出产品、流程、客户群或指标的名称。",
        "What exactly is done to what? Name the product, process, group of customers or figure.",
    ),
    Letter.MEASURABLE: (
        "用什么数字或验收标准判断达成？例如“从 X 提高到 Y”。",
        "By which number or acceptance test is it reached? For example: from X to Y.",
    ),
    Letter.ACHIEVABLE: (
        "现在是多少？用什么办法、什么资源达到？",
        "Where does it stand today, and by what means and resources will it get there?",
    ),
    Letter.RELEVANT: (
        "它支持哪个上级目标或业务结果？请对齐上级目标或写明“以便……”。",
        "Which goal above or which outcome does it serve? Align it, or say: so that …",
    ),
    Letter.TIME_BOUND: ("到哪一天完成？请写出具体日期或季度。", "By which day? Write a date or a quarter."),
}


def explanation(finding: Finding, locale: str) -> str:
    """Why the letter got its verdict (`zh…` is Chinese, everything else English)."""
    return in_language(_EXPLANATIONS[finding.ground], locale)


def suggestion(finding: Finding, locale: str) -> str | None:
    """A question that leads to a better text; None for a letter that is met."""
    return None if finding.verdict is Verdict.MET else in_language(_SUGGESTIONS[finding.letter], locale)
