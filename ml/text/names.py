"""Names of people in Chinese and English text, found by form and surroundings. Standard library only.

Without a dictionary of all names this is a guess. `names` asks for a strong sign and may miss one; `name_like` returns
everything that could be a name of a person, firm or product, and is meant for asking "does this occur in the source?",
where a wrong guess does no harm.
"""

from __future__ import annotations

import re

from ml.text.sentences import Span, sentences

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧温俞葛祝翁申屈鲁柯耿关焦巩管殷祁庞裴祖娄骆"
)
_DOUBLE_SURNAMES = "欧阳|上官|司马|诸葛|司徒|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙"
_TITLES_ZH = (
    "总监|总|经理|工|主任|老师|护士|师傅|班长|组长|主管|医生|博士|教授|先生|女士|小姐|院长|店长|科长|处长|"
    "厂长|队长|姐|哥|同学"
)
_NOT_NAMES_TEXT = """
高效 高质 高峰 高度 高兴 高级 高层 高速 高压 高温 高铁 高管 高风险 方案 方式 方法 方面 方便
方向 方针 于是 于今 周报 周会 周期 周一 周二 周三 周四 周五 周六 周日 周末 周边 周到 周年 周转
金额 金融 金属 金牌 金句 马上 马力 白天 白板 白班 白费 白皮书 白名单 安全 安排 安装 时间 时候
万元 万一 万分 万事 石油 石墨 任务 任何 任职 任意 任由 任期 任课 严格 严重 严谨 严肃 严禁 钱包
文档 明确 连续 温度 温和 温馨 平台 计划 单独 项目 项目组 向上 向下 向前 向导 向客户 关键 关于
关注 关闭 关心 关系 关怀 关联 毛利 毛病 毛坯 牛奶 季度 管理 管道 管控 管线 龙头 段落 史上 陶瓷
顾客 顾问 顾虑 武装 程序 程度 程序员 江湖 江苏 何时 何况 何种 孔位 余额 余下 余量 许可 许多
许久 叶片 田间 夏天 夏季 夏令 冬天 雷达 雷区 申请 申报 申诉 申领 汤汁 祝贺 祝福 祝愿 祖国 应该
曾经 曾在 黄金 黄色 黄牌 黄线 胡乱 罗列 谢谢 谢绝 宋体 徐徐 成功 韩国 武汉 武器 江西 江南 广州
苏州 杭州 金华 林业 林区 张贴 张开 张力 孙子 朱红 郭外 白色 白纸 钟头 钟点 石头 戴着 戴好
戴口罩 戴手套 付款 付费 付出 付清 任命 段时间 雷同 方才 方可 方块 莫名 莫非 江边 关掉 关机 关账
关单 关门 欧洲 欧元 欧盟 严防 严控 严查 严守 华南 温控 路线 管培生 沈阳 温州 丁字 金工 付诸
毛巾 毛刺 毛重 史料 范围 范例 范本 卢布 姚明 谭木匠 陆续 陆运 陆路 汪洋 贾宝玉 廖廖 梁柱 邓亚
曹操 彭胀 于客户 于团队 于此 于心 何处 何人 何等 余地 余温 余款 叶子 易用 易懂 程控 苏打 苏醒
吕梁 任性 任选 沈默 崔促 钟表 夏日 白酒 白银 白领 秦岭 熊猫 尹始 薛定谔 贺卡 贺信 顾及 顾全
顾不上 郝然 龚断 邵阳 覃思 孔子 向来 向着 向她 向他 向我 向你 向内 向外 汤圆 温暖 温水 申明
管家 高中 高低 高额 高手 高达 高空 高位 高出 高于 高标准 高强度 高并发 马拉松 马达 马路 马德里
马虎 黄昏 唐突 白白 祝你 祝他 万能 万户 方米 方位
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
_BEFORE_ZH = (
    r"(?:^|(?<=[\s,，。;；:：、!?！？“”\"'「」()（）《》和与跟由被让把给向对为请及同叫找替帮比])|(?<=感谢)|"
    r"(?<=谢谢)|(?<=同事)|(?<=因为)|(?<=如果)|(?<=由于)|(?<=希望)|(?<=建议))"
)
_AFTER_ZH = (
    r"(?=$|[\s,，"
    r"。;；:：、!?！？“”\"'「」()（）和与跟被让把给向对的在从用将也都还就才又已曾主及很非每总两三一不没未因为后前会能可说做写改发帮带问接到出完提负参组整处"
    r"按根通经利快很最当于去来教请签拿赢调建设搭修查核画讲解答拒忘漏错迟晚误误引推牵连回上报告传达承承夜今昨上下本五六七八九十去年月日\d])"
)
_ZH_FULL = re.compile(rf"{_BEFORE_ZH}(?:{_DOUBLE_SURNAMES}|[{_SURNAMES}])[一-鿿]{{1,2}}?{_AFTER_ZH}")
_ZH_TITLE = re.compile(
    rf"(?:(?:{_DOUBLE_SURNAMES})|[{_SURNAMES}])(?:{_TITLES_ZH})(?!作|程|具|厂|序|位|人|资|时|期|龄|地|业|体|结|"
    rf"计|额|数|量|部|分|是|算)"
)
_ZH_NICK = re.compile(rf"(?<![一-鿿大缩减很较最不微从])[老小阿][{_SURNAMES}]")

_EN_NOT_NAMES_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december english german french spanish chinese polish arabic european american
british i i'm i've i'll i'd ok the a an in on at when while during after before for to from with since because
although however but and or so if as his her my our your their its it this that these those he she they we you
who what where why how there here then thanks thank great good well nice overall unfortunately despite once
twice three two one no not never always every each all both some any very excellent last next first second
third yesterday today tomorrow until between over under about following throughout across by of please did
does do has have had is are was were be been will would can could should might must mr mrs ms dr miss sir
madam prof customer customers client clients team manager nurse driver colleague colleagues christmas easter
new year
"""
_EN_NOT_NAMES = frozenset(_EN_NOT_NAMES_TEXT.split())
_EN_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Nurse|Sister)\.?\s+(?P<n>[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)?)")
_EN_WORD = re.compile(
    r"\b[A-Z][a-zÀ-ɏ][\w'’À-ɏ-]*(?:\s+(?:de|van|von|der|la|bin|al)\s+[A-Z][\w'’-]+|\s+[A-Z][a-zÀ-ɏ][\w'’-]*)*"
)
_EN_AGENT = re.compile(
    r"\s+(?:(?:has|had|have|is|was|did|does|will|would|could|also|always|never|then|once|only|still|quickly|"
    r"again|and [A-Z]\w+)\s+)*"
    r"(?:\w{2,}ed|\w{3,}s|did|made|took|got|gave|went|came|kept|held|wrote|built|brought|found|cut|ran|led|"
    r"left|lost|sent|set|spent"
    r"|taught|told|won|put|met|let|saw|said|spoke|drew|drove|rang|bought|caught|chose|fell|forgot|began|broke|"
    r"hit|paid|read|rose|sold|stood|swept|was|is|has)\b"
)
_POSSESSIVE = re.compile(r"['’]s$")


def _english(text: str, lenient: bool) -> list[Span]:
    found: dict[int, Span] = {}
    for match in _EN_TITLE.finditer(text):
        found[match.start("n")] = Span(match.start("n"), match.end("n"))
    starts = {span.start for span in sentences(text)}
    for match in _EN_WORD.finditer(text):
        start, words = match.start(), match.group()
        while words and _POSSESSIVE.sub("", words.split()[0]).lower() in _EN_NOT_NAMES:
            rest = words.split(None, 1)
            start += len(words) - len(rest[1]) if len(rest) > 1 else len(words)
            words = rest[1] if len(rest) > 1 else ""
        words = _POSSESSIVE.sub("", words)
        if not words or any(span.start <= start < span.end for span in found.values()):
            continue
        if start in starts and not lenient and not (" " in words or _EN_AGENT.match(text, start + len(words))):
            continue
        found[start] = Span(start, start + len(words))
    return sorted(found.values())


def _chinese(text: str) -> list[Span]:
    found: list[Span] = []
    for pattern in (_ZH_TITLE, _ZH_NICK, _ZH_FULL):
        for match in pattern.finditer(text):
            word = match.group()
            if (
                word in _NOT_NAMES
                or word[:2] in _NOT_NAMES
                or text[match.start() + 1 : match.start() + 3] in _NOT_NAMES
            ):
                continue
            if not any(span.start < match.end() and match.start() < span.end for span in found):
                found.append(Span(*match.span()))
    return sorted(found)


def names(text: str) -> list[Span]:
    """Names of people with a strong sign: a title, a verb after them, a full name, a Chinese surname in place."""
    return sorted([*_english(text, lenient=False), *_chinese(text)])


def acts(text: str, end: int) -> bool:
    """Whether a verb follows the English name that ends at `end`, so that its bearer is the one who acts."""
    return _EN_AGENT.match(text, end) is not None


def name_like(text: str) -> list[Span]:
    """Everything that could be a name: as `names`, and every English word that is capitalised without need."""
    return sorted([*_english(text, lenient=True), *_chinese(text)])
