"""A person's inbox: what notifications say, where they lead, and marking them as read."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from db.base import now
from db.models.inbox import Notification, NotificationCode
from db.queries import inbox, people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.languages import in_language

MARKED_AT_ONCE = 100

WORDS: Mapping[NotificationCode, tuple[str, str]] = {
    NotificationCode.MENTIONED: ("有同事在目标评论中提到了你。", "A colleague named you in a comment on a goal."),
    NotificationCode.FEEDBACK_RECEIVED: ("有同事给了你反馈。", "A colleague gave you feedback."),
    NotificationCode.FEEDBACK_FOR_LINE: (
        "有同事就你的一位成员写了仅供上级阅读的反馈。",
        "A colleague wrote feedback about somebody who reports to you, for the line alone.",
    ),
    NotificationCode.KUDOS_RECEIVED: ("有同事向你致谢。", "A colleague thanks you with a kudos card."),
    NotificationCode.CUSTOMER_COMMENT_RECEIVED: (
        "有客户评价了你的工作，原话已记录。",
        "A customer spoke about your work; see what was said.",
    ),
    NotificationCode.GROWTH_TODO_DUE: (
        "成长日志中有一项待办已于 {due_on} 到期。",
        "Something in your growth log was to be done until {due_on}.",
    ),
    NotificationCode.RETROSPECTIVE_OPENED: (
        "你参与的复盘已开始（或重新打开更正），请写下你的看法。",
        "A retrospective that you take part in is open, or opened again to be corrected: write your part.",
    ),
    NotificationCode.RETROSPECTIVE_FINISHED: (
        "你参与的复盘已完成，请查看结论与行动。",
        "A retrospective that you took part in is finished: see what is kept, changed and to be done.",
    ),
    NotificationCode.REDEMPTION_DECIDED: ("你的积分兑换有了进展。", "There is news of what you want for your points."),
    NotificationCode.UPWARD_OPENED: (
        "请匿名写下你对上级的反馈，截至 {closes_on}。",
        "Write down anonymously what you would tell your manager, until {closes_on}.",
    ),
    NotificationCode.UPWARD_RELEASED: ("团队的匿名反馈已公布。", "The anonymous feedback of the team is released."),
    NotificationCode.WITNESS_ASKED: (
        "有同事请你见证其本周关键动作。",
        "A colleague asks you to be the witness of this week's key action.",
    ),
    NotificationCode.HEALTH_CHECK_OPENED: (
        "有成员的目标需要做健康度检查。",
        "The goals of somebody who reports to you are due for their health check.",
    ),
    NotificationCode.WEEKLY_ACTION_TO_WRITE: (
        "请填写本周关键动作：我的目标、必须完成的一件事、一位见证人。",
        "Write down this week's key action: your goal, the one thing you must finish, and a witness.",
    ),
    NotificationCode.WEEKLY_ACTION_OPEN: (
        "本周关键动作尚未完成，请跟进或更新状态。",
        "This week's key action is still open: go on with it, or say how it ended.",
    ),
    NotificationCode.CHECK_IN_DUE: (
        "你有 {count} 个目标超过 {days} 天没有更新进度。",
        "Goals of yours without a check-in for more than {days} days: {count}.",
    ),
    NotificationCode.GOAL_STEPS_OVERDUE: (
        "你的目标有 {count} 个步骤已过期，请在检查点中说明完成情况，或调整日期。",
        "Steps of your goals that are overdue: {count}. Say in a check-in that they are done, or set another day.",
    ),
    NotificationCode.DELIVERABLE_RED: (
        "交付物亮红灯，请查看超出阈值的指标及其所在位置。",
        "A deliverable is red: see which value is beyond its threshold, and where it stands.",
    ),
    NotificationCode.DELIVERABLE_UNCONFIRMED: (
        "有交付物中的数值机器读取把握不足，请对照原文确认；确认之前最多为黄灯。",
        "A deliverable holds values that the machine is not sure of: confirm them against the file; until then it is "
        "yellow at best.",
    ),
    NotificationCode.OVERRULE_TO_REVIEW: (
        "你曾改判的交付物，机器重新判定的结果有变。你的改判仍然有效，请复核：维持，或撤回。",
        "The machine judges a deliverable otherwise than when you overruled it. Your word still holds: look again, and "
        "let it stand or withdraw it.",
    ),
    NotificationCode.PAPER_SECOND_ENTRY: (
        "有一份纸质表单需要第二人独立录入核对。",
        "A paper form waits for a second person to check it independently.",
    ),
    NotificationCode.PAPER_DECISION: (
        "两人对一份纸质表单的录入不一致，请核对后裁定。",
        "Two people disagree about a paper form: look at both entries and decide.",
    ),
    NotificationCode.TASK_ASSIGNED: ("你是一项任务的责任人或协作人。", "You own a task, or help with it."),
    NotificationCode.TASK_WAITED_FOR: ("有任务正在等你，请尽快处理。", "A task stands still and waits for you."),
    NotificationCode.TASK_FREED: (
        "你的任务所等待的任务已全部结束，可以开始或继续了。",
        "Every task that yours waited for has ended: it can begin, or go on.",
    ),
    NotificationCode.TASK_BLOCKED: (
        "有任务逾期 {hours} 个工作小时仍未更新状态（第 {level} 级预警），请协助处理。",
        "A late task has had no status update for {hours} working hours (level {level}): help it on.",
    ),
    NotificationCode.TASK_MENTIONED: ("有同事在任务评论中提到了你。", "A colleague named you in a comment on a task."),
    NotificationCode.TASK_RULE_FAILED: (
        "一条自动建任务的规则未能建立任务，请查看原因：另设规则，或停用该规则。",
        "A rule could not make its task: see why, then set another rule in its place, or disable it.",
    ),
    NotificationCode.CHANNEL_FAILED: (
        "有消息渠道连续发送失败，已放弃，请检查其地址或联系运维。",
        "A channel that carries notifications on was given up after failing: check its address, or ask the operator.",
    ),
}
"""Chinese and English; in braces parameters of the notification."""

_PATHS = {
    "Deliverable": "/deliverables",
    "Goal": "/goals",
    "Feedback": "/feedback",
    "CustomerComment": "/customer-comments",
    "GrowthEntry": "/growth",
    "Retrospective": "/retrospectives",
    "NotificationChannel": "/notification-channels",
    "PointsRedemption": "/points",
    "UpwardRound": "/upward-feedback",
    "GoalHealthCheck": "/health-checks",
    "IntakeDocument": "/paper",
    "ProjectTask": "/tasks",
    "TaskRule": "/task-rules",
    "WeeklyAction": "/weekly-actions",
}
"""Where a front end shows a type."""
_PLACES = {
    NotificationCode.WEEKLY_ACTION_TO_WRITE: "/weekly-actions",
    NotificationCode.CHECK_IN_DUE: "/goals",
    NotificationCode.GOAL_STEPS_OVERDUE: "/goals",
}
"""Where it shows what has no subject."""


def global_id(type_name: str, id_: uuid.UUID) -> str:
    """The id of a row as clients know it."""
    return base64.urlsafe_b64encode(f"{type_name}:{id_.hex}".encode()).decode().rstrip("=")


def path_of(type_name: str, id_: uuid.UUID) -> str:
    """Where a front end shows a row: a path below its own address."""
    return f"{_PATHS[type_name]}/{global_id(type_name, id_)}"


def link(notification: Notification) -> str:
    """Where a front end shows what a notification is about: a path below its own address."""
    if notification.subject_type and notification.subject_id:
        return path_of(notification.subject_type, notification.subject_id)
    return _PLACES.get(notification.code, "/inbox")


def text(notification: Notification, locale: str) -> str:
    """The words of a notification in the locale (`zh…` is Chinese, everything else English)."""
    return in_language(WORDS[notification.code], locale).format_map(notification.params)


def mark_read(session: Session, viewer: Viewer, ids: Sequence[uuid.UUID]) -> list[Notification]:
    """Mark one's own notifications as read; those that were read before keep their time. In the order of `ids`.

    Raises `DomainError`: TOO_MANY for more than 100, NOT_FOUND when one is not there or not the viewer's own.
    """
    if len(ids) > MARKED_AT_ONCE:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "ids"))
    found = inbox.by_ids(session, viewer, ids)
    for index, id_ in enumerate(ids):
        if id_ not in found:
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "ids", str(index)))
    moment = now()
    for notification in found.values():
        notification.read_at = notification.read_at or moment
    session.flush()
    return [found[id_] for id_ in dict.fromkeys(ids)]


def viewers_of(session: Session, viewer: Viewer, person_ids: Iterable[uuid.UUID]) -> list[Viewer]:
    """These people of the viewer's organisation as viewers: what they may see decides of what they are told."""
    wanted = list(dict.fromkeys(person_ids))
    roles = people.roles(session, wanted)
    return [Viewer(viewer.organization_id, id_, frozenset(roles.get(id_, ()))) for id_ in wanted]
