"""Why something is recorded about a person, where it comes from, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.queries.feedback.records import (
    OF_DEPARTMENT,
    OF_PERSON,
    OF_PROJECT,
    ON_TASK,
    SHARED,
    TO_ALL,
    Record,
    RecordKind,
)
from resolvers.languages import in_language

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
    RecordKind.REWORDING: Explanation(
        ("帮助写的人换一种更清楚的说法；七天后删除。", "To help whoever writes to say it better; erased after a week."),
        (
            "由配置的模型根据你的目标或一条反馈拟写，未经采用不生效。",
            "Proposed by the configured model from your goal or a piece of feedback; nothing until a person takes it.",
        ),
        ("只有请求改写的人。", "Who asked for it alone."),
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
    RecordKind.RECORDING: Explanation(
        ("把你口述的内容写成文字；录音到期删除。", "To put what you said into words; the sound goes after some time."),
        ("由你录制，由配置的语音模型转写。", "Recorded by you, written down by the configured speech model."),
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
    RecordKind.SHEET: Explanation(
        (
            "打印评审用的纸质表单；编码只在系统内对应到你。",
            "To print a form for your review; only here its code means you.",
        ),
        ("由上级或人力资源打印。", "Printed by a manager or by HR."),
        ("打印人、你的各级上级和人力资源。", "Who had it printed, the managers above you, HR."),
    ),
    RecordKind.BRIEF_FILE: Explanation(
        (
            "供有权阅读简报的人打印或保存；文件保留一周。",
            "For a reader of the brief to print or keep; kept for a week.",
        ),
        ("由系统按请求人可见的内容生成。", "Made by the system of what the reader who asked may see."),
        ("只有请求该文件的人。", "Who asked for the file alone."),
    ),
    RecordKind.BRIEF_BATCH: Explanation(
        ("一次生成部门或全公司的简报。", "To have the briefs of a department or of everybody made at once."),
        ("由你的上级或人力资源发起。", "Asked for by a manager above you or by HR."),
        ("只有发起人；每次下载都记在你的简报上。", "Who asked for it alone; each download is noted with your brief."),
    ),
    RecordKind.EXCLUSION: Explanation(
        ("说明某条依据为何不写入你的简报。", "To say why a piece of evidence is left out of your briefs."),
        ("由你的上级或人力资源填写。", "Written by a manager above you or by HR."),
        ("你的各级上级和人力资源。", "The managers above you, and HR."),
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
    RecordKind.RETROSPECTIVE: Explanation(
        (
            "回顾目标、评估结果、分析原因、总结经验，并跟进行动。",
            "To learn from a goal, project or cycle: what was intended, what happened, why, and what is kept.",
        ),
        ("由参与人填写；数据取自系统记录。", "Written by who takes part; the figures are the product's own."),
        (
            "参与人及主持人的各级上级和人力资源；完成后还有能看到该目标的人。",
            "Who takes part, the managers above the facilitator, HR; once finished whoever sees the goal.",
        ),
    ),
    RecordKind.UPWARD_ROUND: Explanation(
        ("让团队可以匿名地告诉你他们的看法。", "To let your team tell you anonymously what they think."),
        ("由你的直接下属匿名填写。", "Written anonymously by those who report to you."),
        ("你、你的各级上级和人力资源。", "You, the managers above you, and HR."),
    ),
    RecordKind.TASK: Explanation(
        ("约定项目中由谁在何时完成什么。", "To settle who does what in a project until when."),
        ("由项目成员创建，或由规则生成。", "Made by a member of the project, or by a rule."),
        (
            "项目成员、成员的各级上级、人力资源和项目管理办公室。",
            "The project's members, the managers above them, HR, and the PMO.",
        ),
    ),
    RecordKind.DELIVERABLE: Explanation(
        ("从你提交的文件中读出数据并给出红黄绿灯。", "To read values from what you handed in and to set its flag."),
        ("由你提交。", "Handed in by you."),
        (
            "你、你的各级上级、人力资源和项目管理办公室。",
            "You, the managers above you, HR, and the PMO.",
        ),
    ),
    RecordKind.REDEMPTION: Explanation(
        ("处理你的积分兑换。", "To exchange your points."),
        ("由你提交，由人力资源处理。", "Asked for by you, decided by HR."),
        ("你和人力资源。", "You and HR."),
    ),
    RecordKind.MESSAGE: Explanation(
        ("把发给你的通知转到收件箱以外。", "To carry on what you are told beyond the inbox."),
        ("由系统按渠道设置发送。", "Sent by the system, as the channel is set up."),
        ("你；管理渠道的人只看到是否送达。", "You; who looks after the channel sees only whether it arrived."),
    ),
}

_AUDIENCES: Mapping[tuple[RecordKind, str], Words] = {
    (RecordKind.FEEDBACK, "RECEIVER"): ("你和写反馈的同事。", "You and the colleague who wrote it."),
    (RecordKind.FEEDBACK, "LINE"): (
        "写反馈的同事、你的各级上级和人力资源；内容不向你显示。",
        "The colleague who wrote it, the managers above you, and HR; what it says is not shown to you.",
    ),
    (RecordKind.CUSTOMER_COMMENT, ON_TASK): (
        "能看到该项目的人，以及录入人。",
        "Whoever sees the project, and who recorded it.",
    ),
    (RecordKind.MESSAGE, TO_ALL): (
        "该渠道（如群聊）中的所有人。",
        "Everybody who reads that channel, such as a group chat.",
    ),
    (RecordKind.RETROSPECTIVE, OF_PERSON): (
        "参与人及主持人的各级上级和人力资源；完成后还有本人及其各级上级。",
        "Who takes part, the managers above the facilitator, HR; once finished the person and the managers above.",
    ),
    (RecordKind.RETROSPECTIVE, OF_PROJECT): (
        "参与人及主持人的各级上级和人力资源；完成后还有能看到该项目的人。",
        "Who takes part, the managers above the facilitator, HR; once finished whoever sees the project.",
    ),
    (RecordKind.RETROSPECTIVE, OF_DEPARTMENT): (
        "参与人及主持人的各级上级和人力资源；完成后还有该部门的成员、其上级部门的管理者和绩效委员会。",
        "Who takes part, the managers above the facilitator, HR; once finished the department's members, managers of "
        "those it lies in, and the committee.",
    ),
    (RecordKind.GROWTH_ENTRY, SHARED): (
        "你、你的各级上级和人力资源；录音与旧版只有你。",
        "You, the managers above you, and HR; the recording and earlier words only you.",
    ),
    (RecordKind.BRIEF, "SUBJECT"): ("你。", "You."),
    (RecordKind.BRIEF, "LINE"): ("你的各级上级。", "The managers above you."),
    (RecordKind.BRIEF, "HR"): ("人力资源。", "HR."),
}


def purpose_text(record: Record, locale: str) -> str:
    """Why it is recorded (`zh…` is Chinese, everything else English)."""
    return in_language(EXPLANATIONS[record.kind].purpose, locale)


def source_text(record: Record, locale: str) -> str:
    """Where it comes from."""
    return in_language(EXPLANATIONS[record.kind].source, locale)


def readers_text(record: Record, locale: str) -> str:
    """Who may read it."""
    return in_language(_AUDIENCES.get((record.kind, record.audience), EXPLANATIONS[record.kind].readers), locale)
