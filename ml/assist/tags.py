"""Which of the organisation's behaviour tags a note speaks of: by cue words, explained by the words found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ml.assist.contract import Tag, TagSuggestion
from ml.text.words import stem

MOST = 4
"""So many tags at most are suggested; a writer does not read more."""
_FIRST, _MORE = 0.6, 0.5
"""One cue gives 0.6; each further one takes half of what is left to 1."""


def _tag(key: str, label_zh: str, label_en: str, cues_zh: str, cues_en: str) -> Tag:
    return Tag(key, label_zh, label_en, tuple(cues_zh.split()), tuple(cue.strip() for cue in cues_en.split(",")))


DEFAULT_TAGS: tuple[Tag, ...] = (
    _tag(
        "collaboration",
        "团队协作",
        "Collaboration",
        "协作 配合 合作 协助 帮忙 帮助 一起 拉通 协调 牵头 跨部门 对齐 顶班 代班 替 支援 接手 补位 共同",
        "helped, help, together, joint*, paired, pair*, across teams, collaborat*, supported, covered for, "
        "took over, filled in, cooperat*, invited, aligned",
    ),
    _tag(
        "communication",
        "沟通表达",
        "Communication",
        "沟通 说明 讲解 讲清 解释 汇报 同步 通知 告诉 纪要 邮件 回复 倾听 听完 复述 演示 反馈 大白话 群里 说清 表达",
        "explain*, told, inform*, wrote to, summar*, minutes, present*, listen*, updat*, answered, replied, "
        "email*, communicat*, plain words, plain english, clarif*, called, phoned",
    ),
    _tag(
        "customer_focus",
        "客户导向",
        "Customer focus",
        "客户 顾客 住客 客人 患者 病人 家属 用户 回访 投诉 租客 满意度 商户",
        "customer*, client*, guest*, patient*, user*, caller*, complaint*, merchant*, tenant*, visitor*, relatives",
    ),
    _tag(
        "ownership",
        "责任担当",
        "Ownership",
        "主动 负责 担当 守到 盯 跟进 上报 承认 加班 连夜 自己动手 亲自 坚持 追 闭环 补救 顶上",
        "ownership, took responsib*, followed up, chased, stayed, himself, herself, without being asked, "
        "admitted, escalat*, stepped in, saw it through, volunteer*, reported",
    ),
    _tag(
        "problem_solving",
        "解决问题",
        "Problem solving",
        "排查 定位 修复 修好 查出 发现 解决 根因 分析 诊断 恢复 回滚 二分 应对 故障 揪出",
        "fixed, solved, found, diagnos*, root cause, debug*, trac*, analys*, analyz*, rolled back, repaired, "
        "bisect*, spotted, resolved, troubleshoot*, discovered",
    ),
    _tag(
        "quality",
        "质量意识",
        "Quality",
        "质量 核对 复核 检查 测试 评审 校准 合格 差错 缺陷 不良 废品 返工 准确 标签 验证 漏洞 用例",
        "quality, check*, double-check*, review*, test*, calibrat*, defect*, error*, scrap, accura*, verif*, "
        "reconcil*, inspect*, mistake*",
    ),
    _tag(
        "delivery",
        "结果交付",
        "Delivery",
        "交付 按期 按时 如期 提前 延期 逾期 上线 里程碑 完成 达成 超额 签下 拿下 业绩 目标 发布 截止 晚交",
        "deliver*, on time, on schedule, ahead of, deadline*, late, overdue, shipped, released, finished, "
        "completed, milestone*, target, quota, launch*, closed, postponed",
    ),
    _tag(
        "improvement",
        "改进创新",
        "Improvement and innovation",
        "优化 改进 改成 自动化 创新 缩短 脚本 新办法 重构 流程 提议 建议 模板 工具 降到 节省 搭建 看板",
        "automat*, improv*, idea*, redesign*, refactor*, simplif*, streamlin*, proposed, script, template, "
        "new way, cut, reduced, saved, process, dashboard, innovat*",
    ),
    _tag(
        "knowledge_sharing",
        "知识分享与带教",
        "Sharing and mentoring",
        "分享 带教 教会 教 辅导 培训 手把手 文档 手册 新人 实习生 徒弟 讲了 示范 导师 经验 清单 卡片 笔记",
        "shared, taught, train*, mentor*, coach*, showed, document*, handbook, runbook, newcomer*, intern*, "
        "junior*, onboard*, checklist, guide, walked me through, wrote down, notes",
    ),
    _tag(
        "learning",
        "学习成长",
        "Learning",
        "学习 学会 考试 证书 培训班 进步 请教 反思 复盘 自学 课程 掌握",
        "learn*, course, certificat*, exam, asked for feedback, studied, retrospective, new skill, reflect*",
    ),
    _tag(
        "planning",
        "计划与条理",
        "Planning",
        "计划 排期 安排 预案 准备 优先级 拆分 时间表 布置 预算 日程 统筹 清单 分工",
        "plan*, schedul*, prepar*, priorit*, organis*, organiz*, agenda, budget*, roadmap, ahead of the, "
        "checklist, split",
    ),
    _tag(
        "safety_compliance",
        "安全合规",
        "Safety and compliance",
        "安全 合规 隐患 防护 护目镜 安全带 点检 裂纹 刹车 审核 火警 锁机 泄漏 过敏 剂量 事故 密码 违规 绑 通道",
        "safety, safe*, complian*, audit*, hazard*, helmet, harness, glasses, brake*, locked out, leak*, "
        "allerg*, dos*, accident*, password*, near miss, strap*, fire, violation*",
    ),
)


@lru_cache(maxsize=64)
def _label_cues(tag: Tag) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A tag without cue words is found by the words of its own labels."""
    chinese = tag.cues_zh or tuple(part for part in re.split(r"[与和、/及\s]+", tag.label_zh) if len(part) > 1)
    english = tag.cues_en or tuple(
        stem(word) + "*" for word in re.findall(r"[a-z]{4,}", tag.label_en.lower()) if len(stem(word)) > 3
    )
    return chinese, english


@lru_cache(maxsize=64)
def _english_cues(tags: tuple[Tag, ...]) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """One pattern for the English cues of all tags, and the tags that each cue points to."""
    owners: dict[str, list[str]] = {}
    for tag in tags:
        for cue in _label_cues(tag)[1]:
            owners.setdefault(cue, []).append(tag.key)
    groups = [
        re.escape(cue.removesuffix("*")).replace(r"\ ", r"\s+") + (r"\w*" if cue.endswith("*") else r"\b")
        for cue in sorted(owners, key=lambda each: (-len(each), each))
    ]
    return re.compile(rf"\b(?:{'|'.join(groups)})" if groups else r"(?!)"), {
        key: tuple(value) for key, value in owners.items()
    }


@lru_cache(maxsize=4096)
def _cues_of(word: str, tags: tuple[Tag, ...]) -> tuple[str, ...]:
    """Keys of the tags whose English cues the found word fits."""
    _, owners = _english_cues(tags)
    found: list[str] = []
    for cue, keys in owners.items():
        if word == cue or (cue.endswith("*") and word.startswith(cue[:-1])):
            found.extend(keys)
    return tuple(dict.fromkeys(found))


def suggest_tags(folded: str, tags: Sequence[Tag]) -> tuple[TagSuggestion, ...]:
    """At most four tags, best first; a note in either language may hold cues of both."""
    wanted = tuple(tags)
    because: dict[str, list[str]] = {tag.key: [] for tag in wanted}
    if not folded.isascii():
        for tag in wanted:
            because[tag.key].extend(cue for cue in _label_cues(tag)[0] if cue in folded)
    for match in _english_cues(wanted)[0].finditer(folded):
        word = " ".join(match.group().split())
        for key in _cues_of(word, wanted):
            because[key].append(word)
    found = []
    for key, cues in because.items():
        kept = [cue for cue in dict.fromkeys(cues) if not any(cue != other and cue in other for other in cues)]
        if kept:
            found.append(TagSuggestion(key, round(1 - (1 - _FIRST) * _MORE ** (len(kept) - 1), 3), tuple(kept)))
    order = {tag.key: index for index, tag in enumerate(wanted)}
    return tuple(sorted(found, key=lambda each: (-each.score, order[each.tag]))[:MOST])
