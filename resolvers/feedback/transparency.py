"""Why something is recorded about a person, where it comes from, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.queries.feedback.records import Record, RecordKind

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Explanation:
    purpose: Words
    source: Words
    readers: Words
    """Where the record's audience says nothing else."""


EXPLANATIONS: Mapping[RecordKind, Explanation] = {
    RecordKind.FEEDBACK: Explanation(
        ("帮助你了解工作中的长处与可改进之处，并作为评审的依据。", "To help you see what goes well and what does not."),
        ("由一位同事填写。", "Written by a colleague."),
        ("你、写反馈的同事、你的各级上级和人力资源。", "You, the colleague, the managers above you, and HR."),
    ),
    RecordKind.CUSTOMER_COMMENT: Explanation(
        ("保留客户对你工作的原话，并作为评审的依据。", "To keep what customers said about your work, word for word."),
        ("由同事录入，或由客户系统的接口送入。", "Recorded by a colleague, or sent by a system that customers use."),
        (
            "你、录入人、你的各级上级和人力资源。",
            "You, who recorded it, the managers above you, and HR.",
        ),
    ),
    RecordKind.GROWTH_ENTRY: Explanation(
        ("你自己的成长日志。", "Your own growth log."),
        ("由你填写或口述。", "Written or spoken by you."),
        ("只有你。", "You alone."),
    ),
    RecordKind.REVIEW: Explanation(
        ("记录一个周期的评审结果。", "To record the review of a cycle."),
        ("由评审人填写或从纸质表单录入。", "Written by a reviewer, or taken from a paper form."),
        (
            "你（确认后）、评审人、你的各级上级和人力资源。",
            "You, the reviewer, the managers above you, HR.",
        ),
    ),
    RecordKind.FORM: Explanation(
        ("把纸质表单转为评审记录。", "To turn a paper form into a review."),
        ("由上级或人力资源上传。", "Handed in by a manager or by HR."),
        (
            "你（确认后）、上传人、你的各级上级和人力资源。",
            "You, who handed it in, the managers above you, HR.",
        ),
    ),
    RecordKind.BRIEF: Explanation(
        ("在评审前汇总有出处的事实。", "To gather facts with their sources before a review."),
        ("由系统根据已有记录生成。", "Made by the system from what is recorded."),
        ("按简报的读者：你、你的各级上级或人力资源。", "By its audience: you, the managers above you, or HR."),
    ),
    RecordKind.GOAL: Explanation(
        ("约定目标并跟进进展。", "To agree on goals and follow them."),
        ("由你、上级或人力资源填写。", "Written by you, a manager or HR."),
        (
            "按目标的可见范围，以及你的各级上级和人力资源。",
            "Whom its visibility names, the managers above you, HR.",
        ),
    ),
    RecordKind.WEEKLY_ACTION: Explanation(
        ("每周聚焦一件必须完成的事。", "To settle the one thing of a week."),
        ("由你填写。", "Written by you."),
        ("你、见证人、你的各级上级和人力资源。", "You, the witness, the managers above you, HR."),
    ),
    RecordKind.HEALTH_CHECK: Explanation(
        ("在周期中段检查目标是否仍然合适。", "To see in mid-cycle whether your goals still fit."),
        ("由系统发起，由上级填写。", "Opened by the system, written by a manager."),
        ("你、检查人、你的各级上级和人力资源。", "You, the reviewer, the managers above you, HR."),
    ),
    RecordKind.ONE_ON_ONE: Explanation(
        ("记录你与上级的面谈与约定。", "To keep what you and your manager talked about and agreed on."),
        ("由你和上级填写。", "Written by you and your manager."),
        ("你和你的上级；私人笔记只有作者可见。", "You and your manager; private notes only their author."),
    ),
    RecordKind.UPWARD_ROUND: Explanation(
        ("让团队可以匿名地告诉你他们的看法。", "To let your team tell you anonymously what they think."),
        ("由你的直接下属匿名填写。", "Written anonymously by those who report to you."),
        ("你、你的各级上级和人力资源。", "You, the managers above you, and HR."),
    ),
}

_AUDIENCES: Mapping[tuple[RecordKind, str], Words] = {
    (RecordKind.FEEDBACK, "RECEIVER"): ("你和写反馈的同事。", "You and the colleague who wrote it."),
    (RecordKind.FEEDBACK, "LINE"): (
        "写反馈的同事、你的各级上级和人力资源；内容不向你显示。",
        "The colleague who wrote it, the managers above you, and HR; what it says is not shown to you.",
    ),
    (RecordKind.GROWTH_ENTRY, "SHARED"): (
        "你、你的各级上级和人力资源；录音与旧版只有你。",
        "You, the managers above you, and HR; the recording and earlier words only you.",
    ),
    (RecordKind.BRIEF, "SUBJECT"): ("你。", "You."),
    (RecordKind.BRIEF, "LINE"): ("你的各级上级。", "The managers above you."),
    (RecordKind.BRIEF, "HR"): ("人力资源。", "HR."),
}


def purpose_text(record: Record, locale: str) -> str:
    """Why it is recorded (`zh…` is Chinese, everything else English)."""
    return _in(EXPLANATIONS[record.kind].purpose, locale)


def source_text(record: Record, locale: str) -> str:
    """Where it comes from."""
    return _in(EXPLANATIONS[record.kind].source, locale)


def readers_text(record: Record, locale: str) -> str:
    """Who may read it."""
    return _in(_AUDIENCES.get((record.kind, record.audience), EXPLANATIONS[record.kind].readers), locale)


def _in(words: Words, locale: str) -> str:
    return words[0 if locale.startswith("zh") else 1]
