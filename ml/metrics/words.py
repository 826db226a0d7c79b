"""The words themselves: patterns of bases, aggregates, severities, and of what is near a metric and is none."""

from __future__ import annotations

import re

BASES: tuple[tuple[str, str], ...] = (
    ("checks_passed", r"\bchecks?[ _](?:passed|succeeded)\b"),
    ("checks_failed", r"\bchecks?[ _]failed\b"),
    ("pass_rate", r"(?:测试)?(?:用例)?(?:测试)?通过率|\bpercent(?:age)? of (?:test ?)?(?:cases?|tests) pass(?:ed|ing)\b"
    r"|\bpass(?:ed|ing)?[ _-]?(?:rate|ratio|percentage|%)"
    r"|%\s?pass(?:ed)?\b|用例成功率"),
    ("success_rate",
        r"(?:请求|事务|交易|业务|响应)?成功(?:率|比例|百分比)|(?:请求|事务|交易|业务)通过率|\bsucce(?:ss(?:ful)?"
        r"|ed(?:ed)?)[ _-]?(?:rate"
        r"|ratio|percentage|percent|pct|%)|\brate of success\b"),
    ("error_rate",
        r"(?:请求|事务|交易|业务|响应)?(?:错误|失败|异常|出错|报错)(?:率|比例|百分比"
        r"|占比|\s*%)|\b(?:error|err|fail(?:ed|ure)?)s?(?: requests?)?[ _-]?(?:rate"
        r"|ratio|percentage|percent|pct|%)|\b(?:rate of (?:errors|failures))\b|http_req_failed"
        r"|\b5xx(?:[ _](?:error )?(?:rate|ratio))?\b(?! errors?\b)|\bKO ?%|%\s?(?:KO|errors?|failed|failures?)\b"
        r"|\berror(?=\s*[:=]?\s*[\d.]+\s*%)"),
    ("availability",
        r"(?<!高)(?:系统|服务)?(?<!高)可用(?:性|率|度)(?!测试|验证|检查)|\bavailability\b|\bup-?time\b|正常运行率"),
    ("requests_failed",
        r"失败(?:的)?(?:请求|事务|交易|样本|次数|数量?|总数|笔数)+|(?:错误|异常|报错"
        r"|出错)(?:的)?(?:请求|事务|交易|样本)?(?:次数|数量?|总数|笔数)|\bfail(?:ed"
        r"|ure|ing)?s?[ _-](?:requests?|transactions?|samples?|calls?|count|responses?)\b"
        r"|\b(?:requests?|transactions?|samples?)[ _-](?:failed|failures?|errors?)\b"
        r"|\b5xx (?:errors?|responses?)\b|\berror[ _-]?count\b"
        r"|\b(?:number|total|count|#|no\.) ?(?:of )?(?:errors|failures)\b"
        r"|\b(?:total )?(?:errors|failures)\b|#\s*fails\b|\bnon-?2xx\b"
        r"|^(?:错误|失败|异常)$|(?:失败|报错|出错|错误)(?=\s*[\d,.]+\s*万?\s*[次笔])|^KO$|\bunsuccessful requests?\b"
        r"|(?:请求|事务|交易)(?:异常|错误|失败|报错)(?:数量?|次数|总数)?"),
    ("requests_ok",
        r"成功(?:的)?(?:请求|事务|交易|样本|次数|个数|数量?|总数|笔数)+|\bsuccess(?:ful|es)?[ _-]?(?:requests?"
        r"|transactions?|samples?|calls?|count|responses?)\b|\b(?:requests?|transactions?)[ _-](?:succeeded"
        r"|successful|ok|passed)\b|成功(?=\s*[\d,.]+\s*[万亿]?\s*[次笔条])|^OK$|^成功$|^success(?:es|ful)?$|^succeeded$"),
    ("throughput",
        r"(?:系统|业务)?吞吐(?:量|率|能力)?|每秒(?:钟)?(?:的)?(?:处理|完成|成功|平均)?(?:的)?(?:请求"
        r"|事务|交易|查询|业务|点击)(?:数|量|次数)?|每秒(?:处理|点击)(?:数|量)?|(?<![A-Za-z])(?:TPS"
        r"|QPS|RPS)(?![A-Za-z])|\bthrough-?put\b|\b(?:https? )?(?:requests?|reqs?|hits?"
        r"|trans(?:actions?)?|queries|operations|ops|calls|messages"
        r"|msgs?|events|records|rows|jobs|orders)[ _]?(?:/|per[ _]|a )[ _]?(?:s\b"
        r"|sec\b|second\b)|\brequest[ _]rate\b|\btransaction[ _]rate\b|http_reqs(?=.*/s)"),
    ("latency",
        r"(?<=最[快慢短长])响应(?!时)|平均响应(?=\s*(?:\d|$))|(?:请求|事务|交易|消息|平均)(?:的)?处理(?:时间|耗时|时延)|(?:事务|请求|接口|页面|业务|交易|用户|服务器?)?(?:的)?(?:响应(?:时间|时长"
        r"|耗时|延迟|延时|速度)|请求(?:耗时|时延|延迟)|接口耗时)|(?<!测试)(?<!用例)(?<!总)(?<!执行)(?<!切换)(?<!恢复)(?<!部署)(?<!启动)(?<!导入)(?<!迁移)(?<!升级)(?<!备份)(?<!构建)(?<!编译)(?<!排查)(?<!修复)耗时"
        r"|(?:延迟|时延|延时)(?:时间)?|\b(?:transaction|request|api|http|service|page)?[ _]?(?:response"
        r"|resp|reply|request)[ _.-]*(?:time|duration|latency)s?\b|\blatenc(?:y|ies)\b"
        r"|(?<![A-Za-z])RTT?(?![A-Za-z])|\btimes? per request\b|http[_ ]req[_ ]duration\b|(?<=p\d\d )resp(?:onse)?\b"
        r"|(?:(?<=mean )|(?<=average )|(?<=avg )|(?<=avg\. )|(?<=median )|(?<=maximum )|(?<=max )"
        r"|(?<=min ))resp(?:onse)?\b(?!\s+(?:code|size|bod|time))"
        r"|\b(?:average|avg|mean|median|max(?:imum)?) (?:processing|handling|service|turnaround) time\b"
        r"|\b(?:requests|calls|queries|pages|transactions|searches) (?:(?:were|was|are) )?(?:answered|served"
        r"|returned|completed|handled)"
        r" (?:in|within)(?= (?:about |around )?[\d.])"
        r"|\bresp(?:onse)?\.?(?=[ _](?:avg"
        r"|average|mean|median|min|max|p?\d\d))"
        r"|\b(?:slowest|fastest|longest|shortest)(?: single)? (?:call|request|response|transaction|query|page)\b"),
    ("concurrency",
        r"(?:最大|最高|峰值)?(?:同时)?在线(?:用户|人)(?:数|量)?|(?:最大|峰值)?(?:在线)?(?:(?:虚拟|模拟)(?=\s*[\d,.]*\s*万?\s*[个名位]?\s*(?:并发|在线|虚拟|活跃)?(?:用户|连接|线程|请求|访问|客户端|人))|并发|并行)(?!梯度|级别|等级|阶梯)(?:用户|连接|线程|请求|访问)?(?:数"
        r"|量|人数)?|(?:压测|测试)?(?:线程|(?<!总)用户|连接)(?:并发)?(?:数(?!据)|量)|\b(?:concurren(?:t"
        r"|cy)|virtual(?=[ _-]*(?:users?|connections?|clients?|sessions?|threads?|vus?))"
        r"|simultaneous|parallel)[ _-]*(?:users?|connections?|requests?"
        r"|threads?|clients?|sessions?|copies|vus?|workers|level)?(?:\s*\(?VUs?\)?)?"
        r"|(?<![A-Za-z])VUs?(?![A-Za-z])"
        r"|\b(?:user|thread|vu|client|connection)s?[ _](?:count|num(?:ber)?)\b|\b(?:number"
        r"|no\.|#) ?(?:of )?(?:threads|users|clients|connections|vus)\b|\bclients\b|\b(?:running[ _])?v-?users?\b"
        r"|\bthreads\b|\busers\b|^connections?$"),
    ("cpu",
        r"\bcpu[ _-]*(?:usage|utili[sz]ation|util|load|consumption|percent|pct)\b|(?:(?:平均"
        r"|最大|最高|峰值)?\s*)?CPU\s*(?:平均|最大|最高|峰值)?(?:的)?(?:使用率|利用率"
        r"|占用率|占用|使用|负载|消耗|峰值|水位)?|(?:处理器)(?:使用率|利用率|占用率)"),
    ("memory_usage",
        r"(?:内存|memory|mem)\s*(?:平均|最大|最高|峰值)?(?:的)?(?:使用率|利用率|占用率"
        r"|占用比|水位|%|percent(?:age)?|pct|utili[sz]ation)"),
    ("memory",
        r"(?:物理)?内存\s*(?:平均|最大|最高|峰值)?(?:的)?(?:使用量?|占用量?|消耗|峰值)?"
        r"|\b(?:memory|mem|ram|rss)\b[ _-]*(?:usage|used|consumption|footprint)?"),
    ("duration",
        r"(?:压测|测试|运行|执行|持续|压力|加压|稳定性)(?:的)?(?:总)?(?:运行|执行|持续)?(?:时长"
        r"|时间|耗时)|(?:持续|总)(?:时间|时长|耗时)|\b(?:test |run |total |load )*(?:test[ _]?"
        r"|run[ _]?)?durations?(?:[ _]?s(?:ec(?:onds)?)?)?\b|\bhold(?: time| for)?\b|\b(?:total|elapsed|run"
        r"|execution|test|wall)[ _-]?time\b|\btime taken\b|历时"),
    ("test_cases_total",
        r"^(?:(?:测试)?用例|cases)$|\btotal[ _]cases\b"
        r"|(?<![A-Za-z])TC\s*(?:总数|总量|数量?|个数)|(?:测试)?用例(?:总数|总量|数量?|个数|总计)|(?:总|设计)(?:测试)?用例(?:数量?"
        r"|总数|个数)?|(?:测试)?用例合计|总测试(?:数量?|次数)?|测试总数|\b(?:total|number of"
        r"|planned)?[ _]*(?:test[ _-]?cases?"
        r"|tests)(?:[ _](?:total|count|run))?\b"),
    ("test_cases_passed",
        r"(?:测试)?(?:用例)?通过(?:的)?(?:用例)?(?:数量?|总数|个数|用例)?|成功用例数?"
        r"|\b(?:test[ _]?cases?|tests)?[ _]*pass(?:ed|es|ing)?(?:[ _](?:tests?|cases?"
        r"|test[ _]?cases?|count))?\b"),
    ("test_cases_failed",
        r"(?:测试)?(?:用例)?(?:失败|不通过|未通过)(?:的)?(?:用例)?(?:数量?|总数|个数)?"
        r"|\b(?:test[ _]?cases?|tests)?[ _]*fail(?:ed|s|ing|ures?)?(?:[ _](?:tests?"
        r"|cases?|test[ _]?cases?|count))?\b"),
    ("test_cases_executed",
        r"执行了?(?=\s*[\d,]+\s*(?:条|个|例)(?!\s*(?:[A-Za-z]+\s*)?(?:请求|接口|断言|任务|脚本|步骤)))|(?:实际|已|共|累计)?执行了?(?:的)?(?:测试)?用例(?:数量?|总数|个数)?|(?<!未)执行(?:个数|条数|数量?)"
        r"|(?:实际)?已执行(?:的)?(?:用例)?(?:数量?|总数)?(?![\u4e00-\u9fff](?<![有为共是约占达]))|(?<!未)(?:实际)?执行(?:的)?(?:用例)?(?:数量?|总数)"
        r"|\b(?:(?:total|number of)[ _]+)?(?:test[ _-]?)?(?:tests?|cases?|scripts?)[ _]executed\b"
        r"|\bexecuted (?:test[ _-]?)?(?:tests?|cases?|scripts?)\b"
        r"|^(?:total[ _])?executed$"),
    ("test_cases_blocked",
        r"(?:测试)?(?:用例)?(?:阻塞|受阻|阻碍)(?:的)?(?:用例)?(?:数量?|总数|个数)?|^blocks?$|\bblocked(?:[ _](?:tests?"
        r"|cases?))?\b"),
    ("test_cases_skipped",
        r"(?:测试)?(?:用例)?(?:跳过|未执行|忽略)(?:的)?(?:用例)?(?:数量?|总数|个数)?(?![\u4e00-\u9fff](?<![有为共是约占达]))|^skips?$|\b(?:skipped"
        r"|not (?:run|executed)|ignored)(?:[ _](?:tests?|cases?))?\b"),
    ("test_cases_errors", r"\b(?:test[ _])?errors?\b"),
    ("defects_open",
        r"(?:遗留|未(?:关闭|修复|解决)|待(?:修复|解决)|剩余)(?:的)?(?:缺陷|[Bb][Uu][Gg])(?:总数|数量?|个数)?"
        r"|\b(?:open|remaining|outstanding|unresolved|residual)[ _](?:defects?|bugs?)\b|\b(?:defects?"
        r"|bugs?)[ _](?:open|remaining|left|outstanding)\b"),
    ("defects_fixed",
        r"已?(?:修复|解决|关闭)(?:的)?(?:缺陷|[Bb][Uu][Gg])(?:总数|数量?|个数)?"
        r"|\b(?:fixed|resolved|closed)[ _](?:defects?|bugs?)\b|\b(?:defects?|bugs?)[ _](?:fixed|resolved|closed)\b"),
    ("defects_total",
        r"(?<!拒绝)(?<!驳回)(?<!无效)(?<!重复)(?<!误报)(?:总|发现(?:的)?|提交(?:的)?|累计|有效)*(?:缺陷|[Bb][Uu][Gg])(?:总数|总量"
        r"|数量?|个数|合计|总计)?|问题(?:总数|数量)|\b(?:total|number of|open)?[ _]*(?:defects?"
        r"|bugs?)(?:[ _](?:total|count|found|raised|reported|logged))*\b"),
    ("requests_total",
        r"^总(?:笔数|次数)$|(?:总)?(?:的)?(?:请求|事务|交易|样本|采样)(?:总数|总量|数量?|量|个数|次数|总次数"
        r"|笔数|总笔数)|总(?:请求|事务|交易|样本)(?:数|量)?|\b样本\b|# ?样本|^样本$"
        r"|(?:发送|发起|处理|完成|产生|共)(?:了|的)?[\u4e00-\u9fff]{0,3}?(?:请求|事务|交易)(?:数|量)?|\b(?:total"
        r"|number of|no\. of|completed?|all|sample|sent)?[ _#]*(?:https? )?(?:requests?"
        r"|reqs?|samples?|transactions?)(?:[ _](?:total|count|sent|made|completed))?\b"
        r"|\b(?:request|sample|transaction)[ _]?count\b|\btotal hits\b|#\s*(?:samples?|requests?|reqs?)\b"
        r"|http_reqs|^#?\s*样本$"),
)  # fmt: skip
BASE_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE | re.ASCII | re.MULTILINE)) for name, pattern in BASES)

_PERCENT_WORD = (
    r"(?:st|nd|rd|th)?\s*(?:-?\s*(?:percentiles?|percent|pctl?|perc)\b|%?[ -]?(?:line"
    r"|ile)\b|%?\s*(?:百分位|分位|线(?![\u4e00-\u9fff]))(?:数|值|点)?|%\s*(?=(?:的)?(?:平均|最大)?(?:请求|操作|调用"
    r"|用户|事务|接口|响应|延迟|耗时|时延|RT\b|latency|response|resp\b|of (?:the |all )?(?:requests"
    r"|calls|[a-z]+s(?= (?:were |was |are )?(?:completed|complete|answered|returned|finished|took|responded|loaded"
    r"|served|within|in|under|below)\b))(?! (?:\w+ )?(?:succeeded|failed|passed|successful|ok|errored|timed))"
    r"|in \d)))"
)
AGGREGATES: tuple[tuple[str, str], ...] = (
    ("pct",
        r"(?<![A-Za-z0-9.])(?:p|tp|pct|perc|percentile)[ _]?\(?\s*(?P<p1>50|[6-9]\d)(?:\.(?P<f1>\d{1,2}))?(?!["
        r"\d%]|\.\d)\)?(?:th\b)?"),
    ("pct", r"(?<![A-Za-z0-9.])(?P<p4>9{3,4})(?=\s*(?:分位|百分位)|\s*(?:th)? percentile)"),
    ("pct",
        rf"(?<![A-Za-z0-9.])(?<!\d,)(?P<p2>50|[6-9]\d)(?:\.(?P<f2>\d{{1,2}}))?(?:{_PERCENT_WORD}|(?:th|st|nd|rd)\b)"),
    ("pct", r"(?<![A-Za-z0-9.])[pP](?P<p3>999|9999)(?!\d)"),
    ("p50", r"中位(?:数|值)|\bmedian\b|\bmed\b"),
    ("stddev",
        r"标准(?:偏|方)?差|均方差|\bstd\.?[ _-]?(?:dev(?:iation)?)?\.?(?=$|[^A-Za-z])"
        r"|\bst-?dev\b|\bstandard deviation\b|σ"),
    ("avg", r"平均(?:值|数)?|均值|\baverage\b|\bavg\b|\bmean\b"),
    ("min", r"最(?:小|低|快|短)(?:值)?|\bmin(?:imum)?\b|\bfastest\b|\bshortest\b|\bbest\b"),
    ("peak", r"峰值|高峰|\bpeak(?:ed|s)?\b"),
    ("max", r"最(?:大|高|慢|长)(?:值)?|极限|\bmax(?:imum)?\b|\blargest\b|\bslowest\b|\blongest\b|\bhighest\b"),
)  # fmt: skip
AGGREGATE_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE | re.ASCII)) for name, pattern in AGGREGATES)

BLOCKED = re.compile(
    r"达标|日均|月均|年均|人均|[每单]日|[日月]活|注册用户|型号|核数|核心数|每个?核|容量|配置|版本|增长|提升|下降|降低幅度|改善|变化|差异|环比|同比|偏差率|占比|分布|间隔|权重|得分|评分|评级"
    r"|首字节|首包|连接(?:时间|耗时)|建连|DNS|TLS|SSL|首屏|白屏|网络|磁盘|带宽|思考时间|超时(?:时间|阈值)?|爬坡|启动时间|预热|休眠|轮询"
    r"|\bcores?\b|\bmodel\b|\bcapacity\b|\bincrease\b|\bdecrease\b|\bimprovement\b|\bgrowth\b|\bchange\b|\bdelta\b|\bdiff(?:erence)?\b|\bscore\b"
    r"|\bttfb\b|first[ _-]?byte|\bconnect(?:ion)?[ _](?:time|latency)|\bdns\b|\btls\b"
    r"|\bnetwork\b|\bdisk\b|\bbandwidth\b|\bthink\b|time-?out"
    r"|\b(?:daily|weekly|monthly|hourly|per (?:day|week|month|hour)|registered)\b|\bramp|\bspawn|\bhatch|\barrival"
    r"|\bwarm-?up\b|\bstart-?up\b|\binterval\b|\bsleep\b|\bblocking\b|\bwaiting\b|\bconnecting\b|\bsending\b"
    r"|\breceiving\b|handshak|\bqueue"
    r"|received|\bsent\b|\bkb\b|平均字节|字节数|\bbytes\b|\bsize\b|content length|failures?/s"
    r"|fail(?:ed|s)?[ _]?/ ?s|\bapdex\b|\b(?:name|label|id|type|status|code|date|path|url"
    r"|note|notes|comment|reason)s?\b|\blimit\b|per user|每用户|per thread"
    r"|\bkeep-alive\b|断言|\bassertions?\b|响应时间(?:标准|要求)|长度|大小|类型|编号|标题|名称|说明"
    r"|增量|余量|(?:平均|峰值)线程|增加(?!到|至|为)|差了|相差|快了|慢了|缩短了|节省|空闲|\bidle\b|剩余(?=内存|空间|CPU)|(?<=内存)剩余|额外"
    r"|\bfree (?:memory|mem|ram)|\b(?:memory|mem) (?:free|available)\b"
    r"|描述|曲线|趋势|截图|图$|报告|范围|策略|方案|模型|\bgc\b|\bjvm\b|\bheap\b|堆",
    re.IGNORECASE | re.ASCII,
)  # fmt: skip
FILLER = re.compile(
    r"(?:the|of|in|a|an|for|at|on|and|is|was|were|http|https|overall|total|value|values|number|metric|time|result|results|measured|actual|observed|all|across|over|s|rate|count|"
    r"requests?|line|per|test|avg|load|num|nr|no)(?![A-Za-z])|[\s_\-*#:：/|,，.()（）\[\]【】\"'`=%℃+√]|的|数|值|量|率|为|是|总|共|计|达|约|及|和|与|情况|数据|指标|结果|实测|实际|系统|整体|本次|压测|测试|单位|百分比|时间|请求|用户|并发|个|次|成功|期间|累计|统计|事务|接口|页面|业务|交易",
    re.IGNORECASE,
)


STEM = re.compile(
    r"[率性量均值位最差峰数时延耗并发线连占存例过败塞阻跳略执缺问请事样采吞秒功错异历成理响σ]"
    r"|connec|rate|ratio|avail|time|err|fail|succe|throu|[tqr]ps|/ ?s|per|respon|resp\b|latenc"
    r"|\brt\b|durat|concur|virt|simult|paral|vu|user|thread"
    r"|client|cpu|mem|ram\b|rss|test|case|pass|block|skip|not |ignor|defect|bug|reque"
    r"|req|sampl|trans|hit|p ?\(?\d|\d ?th|\d ?%|medi|med\b"
    r"|std|dev|av|mean|min|max|fast|short|slow|larg|long|peak|high|best|2xx|hold|messag|msg|event|record|\brows|jobs|order|exec|\bko\b|\bok\b|quer|oper|ops|call|count|percent|pct|line|load",
    re.IGNORECASE | re.ASCII,
)
"""Some part of every word that this module knows: what has none of them is not looked at further."""

SEVERITIES: tuple[tuple[str, str], ...] = (
    ("fatal", r"致命|崩溃|fatal|blocker"),
    ("critical", r"严重|紧急|critical|urgent|show-?stopper"),
    ("major", r"主要|重要|重大|高|major|high"),
    ("normal", r"一般|普通|中等?|normal|medium|moderate"),
    ("minor", r"轻微|细微|次要|较轻|低|minor|low"),
    ("trivial", r"微小|trivial|cosmetic"),
    ("suggestion", r"建议|提示|优化|suggestion|enhancement"),
    ("p0", r"P0|S0"),
    ("p1", r"P1|S1|一级"),
    ("p2", r"P2|S2|二级"),
    ("p3", r"P3|S3|三级"),
    ("p4", r"P4|S4|四级"),
    ("fixed", r"(?<![未待])已?(?:修复|解决|关闭)|fixed|closed|resolved"),
    ("open", r"遗留|未(?:修复|解决|关闭)|待(?:修复|解决)|open|remaining|unresolved|outstanding"),
)

PENDING = (
    r"(?:tb[dac]|todo|待(?:补充?|填[写充入]?|测试?|定|录入|回填|统计|更新)"
    r"|(?:to be|will be) (?:filled|completed|measured|determined|added|confirmed|recorded|updated|provided)"
    r"(?: (?:in|later|out|after \w+(?: \w+){0,3}))*|(?:run and )?fill in)"
)
"""What stands in the place of a value that is still to come."""
