"""Values that bear a load test's words and are of something else: errors of a compiler, rows of an import, errands."""

from __future__ import annotations

import re

from ml.metrics.contract import Metric

_ERRORS = frozenset({"requests_failed", "test_cases_errors"})
_OF_CODE = re.compile(
    r"类型检查|静态(?:检查|扫描|分析)|代码(?:检查|扫描|规范)|语法(?:检查|错误)|编译|构建(?!号|版本|\s*[#\d])"
    r"|\b(?:type[- ]?check(?:s|ed|ing|er)?|(?:es|ts|style|py|html|swift|kt|golangci-)?lint(?:s|er|ers|ing)?|mypy"
    r"|pyright|tsc|typescript|ruff|flake8|checkstyle|spotbugs|sonar(?:qube)?|clippy|prettier|static analysis|syntax"
    r"|compil(?:e|es|ed|er|ation|ing))\b"
    r"|(?:^|\| )builds? *[|:]"
    r"|\bbuilds?(?= *(?:errors?\b|warnings?\b|(?:step |job )?(?:passed|succeeded|failed|finished|completed|ended"
    r"|with|had)\b))",
    re.IGNORECASE,
)
_OF_ROWS = re.compile(
    r"(?:失败|错误|异常|出错|成功)(?:的)?(?:行|记录|文件|条目)数?|^(?:行|记录|文件|条目)数|^rows?\b"
    r"|\b(?:failed|bad|rejected|invalid|erroneous) (?:rows?|lines?|records?|files?)\b"
    r"|\b(?:rows?|lines?|records?|files?) (?:failed|rejected|with errors)\b",
    re.IGNORECASE,
)
_OF_LOAD = re.compile(
    r"请求|事务|交易|压测|负载|并发|用例|样本|响应|(?:TPS|QPS|RPS)|接口|\b(?:requests?|reqs?|transactions?|samples?|calls?|load|users?|vus?"
    r"|https?|cases?|tests?|responses?|endpoints?)\b",
    re.IGNORECASE,
)
_TAKEN = re.compile(r"耗时|用时")
_ERRAND = re.compile(
    r"(?:数据|文件)(?:导入|加载|传输)|传输|拷贝|复制|归档|备份|恢复|还原|迁移|抽取|清洗|部署|编译|构建|打包|安装|初始化"
    r"|(?:总|成功|失败|错误)(?:行|记录|文件|条目)数"
    r"|\b(?:transfer|copy|archive|backup|restore|migration|deploy\w*|install\w*)\b",
    re.IGNORECASE,
)
"""What is done once and takes its time, and what it works on."""
_OF_ANSWERS = re.compile(
    r"请求|响应|接口|页面|查询|登录|并发|压测|性能|负载|平均|(?:TPS|QPS|RPS)|P\d\d|\b(?:requests?|latency|response|average)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[^,，;；。.!！|\n]*")


def is_mistaken(metric: Metric, heading: str) -> bool:
    """Whether the words nearest before a value, or the heading over it, say that it is of no requests or answers."""
    if metric.metric in _ERRORS:
        said = _up_to(metric)
        thing = _last(_OF_CODE, said), _last(_OF_ROWS, said)
        load = _last(_OF_LOAD, said)
        if max(thing) < 0 and load < 0:
            return _OF_CODE.search(heading) is not None and _OF_LOAD.search(heading) is None
        return max(thing) > load
    if metric.metric == "latency_avg" and _TAKEN.search(metric.snippet):
        return is_errand(f"{heading} | {metric.snippet}")
    return False


def is_errand(words: str) -> bool:
    """Whether words speak of something done once to data or a system, and of no answers."""
    return _ERRAND.search(words) is not None and _OF_ANSWERS.search(words) is None


def _up_to(metric: Metric) -> str:
    """The scope and the snippet up to the end of the clause that holds the value: all of a table's row."""
    at = metric.snippet.find(metric.raw) if metric.method != "table" else -1
    after = _AFTER.match(metric.snippet, at + len(metric.raw)) if at >= 0 else None
    return f"{metric.scope} | {metric.snippet[: after.end() if after else None]}"


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)
