"""What a value in a sentence is about: the thing named before it, the step of load, the phase of a change."""

from __future__ import annotations

import re

from ml.metrics import kinds, vocabulary
from ml.metrics.contract import Kind
from ml.metrics.numbers import Quantity
from ml.metrics.sequences import Choice
from ml.metrics.vocabulary import CONCURRENCY

_ENTITY_ZH = re.compile(
    r"([\u4e00-\u9fffA-Za-z0-9/_.-]{1,14}?(?:接口|服务器?|模块|页面|场景|数据库|网关|交易|链路|渠道|节点|系统|集群|功能|流程))(?:的|在|上)?(?:\s|事务|请求)*$"
)
_LEADING_ENTITY_ZH = re.compile(
    r"^\W*(?:\d{1,2}\s*[.)、]\s*)?([\u4e00-\u9fffA-Za-z0-9/_.-]{1,12}?(?:接口|服务|模块|页面|数据库|网关|交易|链路|节点|渠道|流程))"
    r"(?=峰值|最[大高]|平均|TPS|QPS|RT|P\d|响应|失败|错误|成功|CPU|内存|的|在\s*\d)"
)
_PART_OF_TEST = re.compile(r"(?:(?:冒烟|回归|单元|集成|自动化|兼容性)(?:测试)?|(?:功能|接口|安全)测试)(?=(?:用例)?$)")
"""What a list item begins with, and all its clauses are about: "1、下单链路峰值QPS 1.2万, 平均RT 46ms"."""
_NOT_ENTITY = re.compile(
    r"^[当在对]|本(?:次|系统)|^单|^两|多个|每个|压测|测试|期间|结果|该|各|所有|全部|整个|整体|被测|目标|按照|系统$|^(?:接口|服务器?|模块|页面|场景|服务|数据库节点)$"
)
_STEP = re.compile(r"(?:时|下|情况下|场景下|条件下|压力下|\s*(?:users?|VUs?|connections?|threads?)\b)", re.IGNORECASE)
PHASES = re.compile(
    r"(?:优化|调优|扩容|改造|升级|上线|修复)[前后]|(?:before|after) (?:the )?(?:optimi[sz]ation"
    r"|tuning|fix|change|upgrade|caching)",
    re.IGNORECASE,
)
_LEADING_NAME = re.compile(r"^\W*(?:\d{1,2}\s*[.)、]\s*)?([^\s:：][^:：,，;；。]{0,30}?)(?:\s*[:：](?!//)|\s+-\s)")


_NO_NAME = re.compile(
    r"结果|结论|说明|备注|注|总结|小结|概述|概况|指标|性能|实测|数据|目的|背景|测试|压测|现状|表现|情况|方面|其中|时间|环境|发现|建议"
    r"|\b(?:summary|results?|notes?|conclusions?|update|performance|findings?|overview|metrics?|status|short|quick|version"
    r"|details?|stability|outcome|observations?|verdict|the|of|key|tl;?dr|test|load|run|good|bad|news|and|statistics|usage"
    r"|resources?|reliability|scalability|excellent|poor|acceptable|warning|info|error|impact|issue|problem|risk)\b|[\W\d_]+",
    re.IGNORECASE,
)


def leading_name(sentence: str) -> str:
    """What a sentence is about, when it begins with a name and a colon: "Checkout: p95 640 ms, 0.2 % errors"."""
    found = _LEADING_NAME.match(sentence)
    if found is None:
        return ""
    name = found.group(1).strip(" *_`")
    bare = re.sub(r"\([^)]*\)", "", name)
    if (
        len(bare.split()) > 4
        or any(cue.base for cue in vocabulary.cues(bare))
        or not _NO_NAME.sub("", bare)
        or kinds.header_kind(bare)
    ):
        return ""
    if vocabulary.is_overall(name):
        return ""
    return name if kinds.words_kind(name) is Kind.MEASURED and not kinds.is_configuration(name) else ""


_LEAD = re.compile(
    r"^\W*(?:(?:(?:图|表|fig(?:ure)?\.?|table)\s*\d+(?:[-.]\d+)?|\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}(?=\s*[.)、]))\W*)?",
    re.IGNORECASE,
)
"""Before a subject: the number of a figure or a list item, a time."""
_SUBJECT = re.compile(r"(?:[A-Za-z][\w./-]{1,20}\s?)?[\u4e00-\u9fff]{2,8}|[A-Z][\w./-]{2,20}|[A-Z]{2}")
_WHEN = re.compile(
    r"^(?:本(?:月|周|季度|年度?)|(?:本次|整个)?(?:压测|测试|运行|加压|高峰|稳定性测试)?(?:期间|过程中|中|时|阶段)|其中|此时|同时|另外|而|但|除(?:了)?|仅|只有|以及|当时)[,，]?\s*"
)
_NO_SUBJECT = re.compile(
    r"[为是在达升降至共由将从后前中下了均各每第次约仅其该本不无有及和与但而则也都最平时的]|压测|测试|结果|整体|系统|总|目标|要求|期望|(?<!订)单"
    r"|稳定|情况|请求|用户|并发|响应|接口$|分别|服务端?$|性能|指标|监控|告警|资源|使用|实际|其余|全部|所有|^(?:The|Our|All|At|With|In|Under|Average|Mean|Max|Min|Peak|HTTP|API)"
)


def _subject(clause: str) -> str:
    """The name that a clause begins with, when nothing else stands before its metric: "图4 MySQL 主库 CPU 使用率"."""
    name = _WHEN.sub("", _LEAD.sub("", clause).strip()).strip()
    name = re.sub(r"(?:业务)?(?:高峰|峰值)?(?:时段|期间|时刻)$", "", name).strip()
    bare = re.sub(r"服务器?$", "", name)
    named = bare and _SUBJECT.fullmatch(name) and not _NO_SUBJECT.search(bare)
    return name if named and kinds.header_kind(name) is None and _NO_NAME.sub("", name) else ""


def _subject_of_first(clause: str) -> str:
    """The subject of a sentence's first clause, for those behind it: "支付回调平均响应时间128ms, P99为612ms"."""
    first = next((cue for cue in vocabulary.cues(clause) if cue.base), None)
    return _subject(clause[: first.start]) if first is not None else ""


def _of_clause_before(text: str) -> str:
    """The thing named in the clause before, for a metric that begins its clause: "应用服务器 CPU 平均使用率 28%,
    内存平均使用率 43%; 数据库服务器 CPU …"."""
    *before, clause = re.split(r"[,，]", re.split(r"[;；。]", text)[-1])
    if not before or clause.strip():
        return ""
    cue = next((cue for cue in vocabulary.cues(before[-1]) if cue.base), None)
    entity = _ENTITY_ZH.search(before[-1][: cue.start]) if cue else None
    name = _WHEN.sub("", re.sub(r"^(?:在|对)", "", entity.group(1))) if entity else ""
    return "" if _NOT_ENTITY.search(name) else name


_RAN_AT = re.compile(
    r"(?:^|[,;.]|\b(?:and|but|while|whereas))\s*(?:(?:the|our|its|each"
    r"|both) )?(?P<name>[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,2}?)"
    r"(?: (?:ran|run|sat|stood|was|were|stayed|remained|peaked|averaged|hovered|hit|reached|went|got|used|took))?"
    r"(?: (?:up to|only|about|around|roughly|at|to))* $",
    re.IGNORECASE,
)


def ran_at(before: str) -> str:
    """Which machine a share of a resource is about, named before its number: "the database ran at 94 percent CPU"."""
    found = _RAN_AT.search(before)
    name = found.group("name") if found else ""
    return "" if any(_NO_NAME.fullmatch(word) for word in name.split()) or vocabulary.cues(name) else name


def scope_of(sentence: str, at: int, found: list[Quantity], chosen: dict[int, Choice], own: int) -> str:
    """What a value in a sentence is about: the thing named right before its cue, and the load step of the clause."""
    parts = []
    *earlier, clause = re.split(r"[,，;；。]", sentence[:at])
    entity = (
        _ENTITY_ZH.search(clause)
        or _LEADING_ENTITY_ZH.match(clause)
        or (_LEADING_ENTITY_ZH.match(earlier[0]) if earlier else None)
    )
    part = _PART_OF_TEST.search(clause)
    if part:
        parts.append(part.group())
    elif entity and not _NOT_ENTITY.search(entity.group(1)):
        parts.append(_WHEN.sub("", re.sub(r"^(?:在|对)", "", entity.group(1))))
    elif inherited := _of_clause_before(sentence[:at]):
        parts.append(inherited)
    elif subject := _subject(clause) or (_subject_of_first(earlier[0]) if earlier else ""):
        parts.append(subject)
    if chosen[own].base != CONCURRENCY:
        steps = [
            (index, quantity)
            for index, quantity in enumerate(found)
            if index != own
            and index in chosen
            and chosen[index].base == CONCURRENCY
            and quantity.start < found[own].start
        ]
        named = sum(cue.base == CONCURRENCY for cue in vocabulary.cues(sentence))
        several = named > 1 or sum(1 for choice in chosen.values() if choice.base == CONCURRENCY) > 1
        if steps and several and _STEP.search(sentence[steps[-1][1].start : steps[-1][1].end + 6]):
            parts.append(steps[-1][1].raw)
    return " ".join(parts)
