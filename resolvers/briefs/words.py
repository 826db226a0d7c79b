"""What a brief says itself, in Chinese and English: titles of sections, gaps, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.models.briefs import Audience, BriefSection, EvidenceSource, LeftOut
from resolvers.languages import in_language

TITLES: Mapping[BriefSection, tuple[str, str]] = {
    BriefSection.RESULTS: ("目标与结果", "Results against targets"),
    BriefSection.STRENGTHS: ("优势", "Strengths"),
    BriefSection.CONCERNS: ("关注点", "Concerns"),
    BriefSection.FACTS: ("其他事实", "Other facts"),
    BriefSection.DISAGREEMENTS: ("结果与过程不一致之处", "Where results and process disagree"),
    BriefSection.CHANGES: ("与上一周期相比", "Against the last cycle"),
    BriefSection.GROWTH: ("成长与承诺", "Growth and commitments"),
}

_GAPS: Mapping[str, tuple[str, str]] = {
    "NOT_ENOUGH": ("{words}", "{words}"),
    "NO_MEASURES": ("本周期没有已确认的量化指标。", "No confirmed measures in this cycle."),
    "MEASURES_WITHOUT_DATA": (
        "{of} 个指标中有 {count} 个没有数据。",
        "{count} of {of} measures have no data.",
    ),
    "NO_PEER_VOICE": ("没有同事的具体反馈。", "No notes by colleagues."),
    "NO_MANAGER_VOICE": ("没有上级的具体反馈。", "No notes by managers."),
    "NO_CUSTOMER_VOICE": ("没有客户原话。", "No words of customers."),
    "NO_SELF_VIEW": ("没有本人的记录或自评。", "Nothing by the person."),
    "NO_EARLIER_FIGURES": ("没有上一周期的数据可比较。", "No figures of an earlier cycle to compare with."),
    "EVIDENCE_ERASED": (
        "有 {count} 条依据的原文已随个人信息删除，引用它们的句子一并删除。",
        "Pieces of evidence whose words were erased with the person's, and the sentences that cited them: {count}.",
    ),
    "EVIDENCE_EXCLUDED": (
        "有 {count} 条依据被人为排除，原因已记录。",
        "Pieces of evidence that somebody left out, with a recorded reason: {count}.",
    ),
}

_UNUSED: Mapping[str, tuple[str, str]] = {
    "excluded": ("被人为排除", "left out by a person"),
    "empty": ("内容空泛", "says nothing that can be checked"),
    "not_concrete": ("不够具体", "not concrete enough"),
    "another_person": ("说的是另一个人", "about another person"),
    "no_room": ("同类内容已有更具体的引用", "others say it more concretely"),
    "not_cited": ("没有句子引用", "no sentence needs it"),
    "insufficient": ("依据总量不足", "too little evidence in all"),
}


_SOURCES: Mapping[EvidenceSource, tuple[str, str]] = {
    EvidenceSource.MEASURE: ("指标", "measure"),
    EvidenceSource.DELIVERABLE: ("交付物", "deliverable"),
    EvidenceSource.CHECK_IN: ("进度更新", "check-in"),
    EvidenceSource.FEEDBACK: ("反馈", "feedback"),
    EvidenceSource.REVIEW: ("评价表", "review form"),
    EvidenceSource.CUSTOMER_COMMENT: ("客户原话", "customer's comment"),
    EvidenceSource.ONE_ON_ONE: ("一对一面谈", "one-on-one talk"),
    EvidenceSource.GROWTH_ENTRY: ("成长日志", "growth log"),
    EvidenceSource.RETROSPECTIVE: ("复盘", "retrospective"),
}

_AUDIENCES: Mapping[Audience, tuple[str, str]] = {
    Audience.SUBJECT: ("本人", "the person"),
    Audience.LINE: ("上级", "the line"),
    Audience.HR: ("人力资源部", "HR"),
}

_LEFT_OUT: Mapping[LeftOut, tuple[str, str]] = {
    LeftOut.NO_EMPLOYMENT: ("目前没有任职，未生成", "left out: no employment today"),
    LeftOut.NO_ACCESS: ("您无权为其生成或阅读简报", "left out: you may not have or read this person's brief"),
    LeftOut.NO_AUDIENCE: ("没有这类读者（如直属上级）", "left out: no such reader, such as a manager"),
    LeftOut.INSUFFICIENT: (
        "依据不足，未生成评述；请补充具体记录",
        "left out: too little evidence; record concrete notes",
    ),
    LeftOut.FAILED: ("生成失败，请继续该批次或单独生成", "left out: it failed; resume the batch or ask for it alone"),
}

INDEX_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "zh": ("工号", "姓名", "部门", "结果", "版次", "文件"),
    "en": ("staff number", "name", "department", "result", "edition", "files"),
}
"""The header of an archive's index."""


def outcome(reason: LeftOut | None, locale: str) -> str:
    """What became of a person in a batch: in the archive (None), or why not."""
    return (
        in_language(("已收入", "in the archive"), locale) if reason is None else in_language(_LEFT_OUT[reason], locale)
    )


def source(kind: EvidenceSource, locale: str) -> str:
    """Where a piece of evidence is recorded."""
    return in_language(_SOURCES[kind], locale)


def audience(kind: Audience, locale: str) -> str:
    """For whom a brief is written."""
    return in_language(_AUDIENCES[kind], locale)


def title(section: BriefSection, locale: str) -> str:
    return in_language(TITLES[section], locale)


def gap_text(gap: Mapping[str, Any], locale: str) -> str:
    """The words for what is thin or missing."""
    return in_language(_GAPS[gap["code"]], locale).format_map(gap["params"])


def unused_text(reason: str, locale: str) -> str:
    """Why a piece of evidence is not cited."""
    return in_language(_UNUSED[reason], locale)


def support_text(notes: int, of: int, people: int, locale: str) -> str:
    """On how much a sentence rests: "3 of 8 notes, 2 people"."""
    if locale.startswith("zh"):
        return f"{of} 条中的 {notes} 条" + (f"，{people} 人" if people else "")
    return f"{notes} of {of} notes" + (f", {people} {'person' if people == 1 else 'people'}" if people else "")
