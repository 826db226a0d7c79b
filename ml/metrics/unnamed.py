"""Numbers that no word of the vocabulary names: what their unit and the words beside them tell."""

from __future__ import annotations

import re

from ml.metrics import vocabulary
from ml.metrics.numbers import Quantity
from ml.metrics.phrased import OUT_OF
from ml.metrics.sequences import Choice, aggregate_behind
from ml.metrics.units import COUNT, RATE, SHARE, TIME
from ml.metrics.values import Context
from ml.metrics.vocabulary import CONCURRENCY, DURATION, THROUGHPUT

_USERS_BEFORE = re.compile(
    r"(?:\b(?:at|with|for|of|under|by|from|to|and|simulat\w+|using|ran|run|handled|supports?"
    r"|sustained)|在|以|用|模拟|使用|采用|启动|加载|支持|支撑|加到|增加到|升到|至|到)\s*(?:about|up to"
    r"|约)?\s*$",
    re.IGNORECASE,
)
CONCURRENT_WORDS = re.compile(
    r"concurren|virtual|simul|parallel|并发|虚拟|模拟用户|在线|连接|线程|(?<![A-Za-z])VUs?(?![A-Za-z])|connections",
    re.IGNORECASE,
)
LOAD_WORDS = re.compile(
    r"并发|压测|压力|加压|负载|性能|测试|灰度|虚拟用户|load|stress|soak|test|concurren|run\b|ran\b|benchmark|users|(?<![A-Za-z])VUs?(?![A-Za-z])",
    re.IGNORECASE,
)
_DURATION_BEFORE = re.compile(
    r"(?:持续(?:运行|压测|加压|时间)?(?:了|为|:)?|历时|(?:运行|执行|压)(?:了|时间)?|(?:压测|跑|(?<![实检])[压测](?=了))(?:了|时长"
    r"|时间)?(?:为|:)?|观察(?:了|期)?|\b(?:lasted|ran for|run for|running for|for|over|during|sustained for"
    r"|(?:soak|load|stress|endurance|spike|test|run)(?: test| run)?\s*\())\s*(?:about"
    r"|约|approximately|a|an|the)?\s*$",
    re.IGNORECASE,
)
_DURATION_AFTER = re.compile(
    r"^[\s-]*(?:(?:load|stress|soak|endurance|spike|performance|stability)\s+)*(?:test|run)\b|^\s*(?:each|per (?:run"
    r"|step|level|stage|scenario))\b|^\s*的?(?:压测|压力测试|稳定性测试|持续压测)",
    re.IGNORECASE,
)
_FAILED_AFTER = re.compile(
    r"^\s*(?:requests?|calls|transactions)?\s*(?:have |had |were |was )?(?:failed|errored|timed out|失败|报错|出错)",
    re.IGNORECASE,
)
_ERRORS = re.compile(r"\berrors?\b|\breconnects?\b|\bfail(?:ed|ures?)\b|错误|失败|异常", re.IGNORECASE)
TOP_RATE = re.compile(
    r"(?:最大|最高|峰值|peak(?:s|ed|ing)?(?: of| at)?|topp(?:ed|ing) out at|max(?:imum)?)(?:\D{0,8}"
    r"|[^\d,.;。，；]{0,30}[:：]\s*)$",
    re.IGNORECASE,
)
_DISTURBED = re.compile(r"\b(?:exceed|violat|degrad|outage|unavailable|was down|were down)", re.IGNORECASE)
"""How long something was wrong is not how long a test ran."""
_PER_CALLER = re.compile(
    r"\s*(?:/|per |for each |每个?)\s*(?:ip|user|client|key|api key|token|tenant|account|caller|用户|客户端|租户)\b",
    re.IGNORECASE,
)
_RATE_LIMIT = re.compile(r"\brate[- ]?limit(?:s|ing|er)?\b|限流", re.IGNORECASE)
"""What is allowed, not what was reached."""
_SHARE_OF = re.compile(
    r"\s*of (?:all |the |our )*(?:https? )?(?:requests?|calls|transactions|samples|responses) "
    r"(?:had |were |was |have )?"
    r"(?P<how>failed|errored|timed out|errors|succeeded|successful|ok"
    r"|(?:returned|got|received) (?:an? )?(?:http )?(?:errors?|5\d\d|429))\b",
    re.IGNORECASE,
)
_CASES_PASSED = re.compile(
    r"\s*of (?:(?:all|the|our|those|executed|planned|automated) )*(?:test ?cases?|tests|cases|scenarios)\b"
    r"(?: \w+){0,2}? (?:(?:have|were|are|had) )?(?:been )?(?:passed|passing|successful)\b",
    re.IGNORECASE,
)
_COUNT_BEFORE_SHARE = re.compile(
    r"\d\s*(?:个|次|笔|条)?\s*(?:requests? |transactions? |calls? |have |had |were |was |of them |请求|事务)*"
    r"(?P<how>failed|errored|timed out|succeeded|successful|失败|报错|成功)\s*[(（]\s*$"
    r"|(?P<zh>失败|报错|错误|异常|成功)(?:了|数|请求|事务)*\s*:?\s*[\d,.]+\s*万?\s*[次笔个条]?\s*[(（]\s*(?:占比?|约)?\s*$",
    re.IGNORECASE,
)


def _outcome_share(how: str) -> str:
    return "success_rate" if re.match(r"succe|ok|成功", how, re.IGNORECASE) else "error_rate"


_OF_EACH = re.compile(r"每(?:个|位|名)?(?:用户|人|线程|客户端|连接|秒|次|轮)$|\b(?:each|per) \w+ $", re.IGNORECASE)
_RECORDS = re.compile(r"\s*的?(?:数据|信息|记录|资料|账号|帐号|\b(?:records?|accounts?|profiles?)\b)", re.IGNORECASE)
"""What follows users who are only stored."""


_OF_A_PROCESS = re.compile(r"资源|占用|进程|\b(?:resources?|footprint|process)\b", re.IGNORECASE)
_OTHER_THINGS = re.compile(
    r"\s*的?(?!用户|并发|连接|线程|请求|在线|虚拟|客户端|会话|访问|路|人|左右|以[上下内]|同时|之间)[\u4e00-\u9fff]{2}"
)


def no_load(name: str, behind: str, about: str) -> bool:
    """Whether a label like that of a load counts something else: a process's threads, "并发处理: 350 个设备的属性"."""
    if re.fullmatch(r"\W*(?:threads?|线程数?)\W*", name, re.IGNORECASE) and _OF_A_PROCESS.search(about):
        return True
    return _OTHER_THINGS.match(behind) is not None


def by_unit(sentence: str, quantity: Quantity, context: Context) -> Choice | None:
    """What a number with a unit is when no word names it: users put on, requests, a rate, a share of outcomes."""
    unit = quantity.unit
    if unit is None:
        ends = re.match(
            r"^\s*(?:of them\s+|(?:have |had |were )?)(failed|个?失败|succeeded|个?成功)(?![A-Za-z率])",
            sentence[quantity.end :],
            re.IGNORECASE,
        )
        if ends is None or not re.search(r"requests?|transactions?\b|calls\b|请求|事务|交易", sentence, re.IGNORECASE):
            return None
        return Choice("requests_failed" if re.search(r"fail|失败", ends.group(), re.IGNORECASE) else "requests_ok")
    before, after = sentence[: quantity.start], sentence[quantity.end :]
    if unit.dimension == SHARE:
        outcome = _SHARE_OF.match(after) or _COUNT_BEFORE_SHARE.search(before)
        if _CASES_PASSED.match(after):
            return Choice("pass_rate")
        return Choice(_outcome_share(next(filter(None, outcome.groups())))) if outcome else None
    if unit.dimension == RATE:
        if vocabulary.is_blocked(before[-12:]) or _ERRORS.search(" ".join(before.split())[-24:]):
            return None
        if _PER_CALLER.match(after) or _RATE_LIMIT.search(before) or _RATE_LIMIT.search(context.about):
            return None
        return Choice(
            THROUGHPUT,
            "max" if TOP_RATE.search(before) or aggregate_behind(THROUGHPUT, after) == "max" else "",
        )
    if unit.dimension == TIME and quantity.raw:
        long_enough = unit.name in ("second", "minute", "hour", "day")
        near = _DURATION_BEFORE.search(before)
        if long_enough and unit.thing != "clock" and (context.load or LOAD_WORDS.search(f"{context.about} {sentence}")):
            if (
                near
                and not re.search(r"(?:every|each|per)\s*$", before, re.IGNORECASE)
                and not _DISTURBED.search(before)
            ):
                return Choice(DURATION)
            if _DURATION_AFTER.match(after):
                return Choice(DURATION)
        return None
    if unit.dimension == COUNT and unit.thing == "users":
        if quantity.value != quantity.value.to_integral_value():
            return None  # "6.1 线程组设置": the number of a paragraph
        if _RECORDS.match(after):
            return None
        loaded = context.load or LOAD_WORDS.search(sentence)
        told = _USERS_BEFORE.search(before) or re.match(r"\s*(?:时|下)", after)
        if CONCURRENT_WORDS.search(quantity.raw) or (told and loaded):
            if re.search(r"(?:registered|total|注册|总)\s*$|\bpool\b|连接池|线程池", before, re.IGNORECASE):
                return None
            top = re.search(r"(?:最大|最高|up to|max(?:imum)?(?: of)?|峰值|peak(?: of)?)\s*$", before, re.IGNORECASE)
            return Choice(CONCURRENCY, "max" if top else "")
        return None
    if (
        unit.dimension == COUNT
        and unit.thing == "requests"
        and re.search(r"requests?|请求", quantity.raw, re.IGNORECASE)
        and _OF_EACH.search(before) is None
    ):
        if _FAILED_AFTER.match(after) or re.match(r"^\s*\w*\s*(?:failed|timed out|失败)", after):
            return Choice("requests_failed")
        if re.match(r"^\s*(?:were |was |have |had )?(?:succeeded|successful|成功)", after, re.IGNORECASE):
            return Choice("requests_ok")
        if OUT_OF.search(sentence[max(0, quantity.start - 24) :]):
            return None
        if re.search(r"(?:每|per|each|every|of|in)\s*(?:\d+\s*)?$", before, re.IGNORECASE):
            return None
        return (
            Choice("requests_total")
            if LOAD_WORDS.search(sentence)
            or re.search(r"处理|发送|发起|共|handled|processed|served|sent|total|made|issued", before, re.IGNORECASE)
            else None
        )
    return None
