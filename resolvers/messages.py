"""What an error code says to a person, in Chinese and English."""

from __future__ import annotations

from resolvers.errors import DomainError, ErrorCode
from resolvers.form_problems import in_chinese
from resolvers.languages import in_language
from resolvers.rules.values import ValueProblem

MESSAGES: dict[ErrorCode, tuple[str, str]] = {
    ErrorCode.UNAUTHENTICATED: (
        "请先登录：令牌缺失、无效或已过期。",
        "Sign in first: the token is missing, not valid or has expired.",
    ),
    ErrorCode.FORBIDDEN: ("你没有执行此操作的权限。", "You may not do this."),
    ErrorCode.NOT_FOUND: ("找不到该对象。", "There is no such object."),
    ErrorCode.CONFLICT: (
        "内容已被他人修改，请刷新后重试。",
        "Somebody changed this meanwhile; load it again and retry.",
    ),
    ErrorCode.BAD_ID: ("标识符格式不正确。", "This is not a valid id; use an id that the API returned."),
    ErrorCode.BAD_CURSOR: (
        "游标无效，请使用接口返回的游标。",
        "This is not a valid cursor for this list; use one that the API returned.",
    ),
    ErrorCode.BAD_PAGE_SIZE: (
        "每页数量必须在 1 到 {maximum} 之间。",
        "The page size must be from 1 to {maximum}.",
    ),
    ErrorCode.ACCESS_CHANGED: (
        "你的角色、部门或汇报关系（或数据库所在的服务器）已变化，请清除本地副本，不带游标重新读取。",
        "Your roles, department or reporting line (or the database's server) have changed; drop your copy and read "
        "again without a cursor.",
    ),
    ErrorCode.UNKNOWN_TYPE: (
        "没有该类型的变更，可用的类型：{known}。",
        "There are no changes of this type; the types are {known}.",
    ),
    ErrorCode.REQUEST_ID_REUSED: (
        "该 requestId 已用于另一个请求，请使用新的 requestId。",
        "This requestId was used for another request; use a new one.",
    ),
    ErrorCode.INVALID: (
        "输入不正确，请对照接口中该字段的说明修改。",
        "The input is not valid; the description of the field that is named says what it takes.",
    ),
    ErrorCode.FILE_EMPTY: ("文件为空。", "The file is empty."),
    ErrorCode.FILE_TOO_LARGE: (
        "文件超过 {maximum_mb} MB 上限。",
        "The file is larger than the maximum of {maximum_mb} MB.",
    ),
    ErrorCode.FILE_TYPE_UNSUPPORTED: (
        "不支持该文件类型，可以上传：{types}。",
        "This file type is not supported; upload one of: {types}.",
    ),
    ErrorCode.IMAGE_TOO_LARGE: (
        "图片像素过多，请缩小后重新上传。",
        "The picture has too many pixels; make it smaller and upload it again.",
    ),
    ErrorCode.FIELD_NEEDS_CHECK: (
        "该字段识别不确定或缺失，请人工核对。",
        "This field was read with doubt or is missing; a person must check it.",
    ),
    ErrorCode.FIELD_INVALID: ("该字段的值不符合表单要求。", "The value does not fit what the form asks for."),
    ErrorCode.ALREADY_CONFIRMED: ("该文档已被确认。", "This document has already been confirmed."),
    ErrorCode.ALREADY_ENTERED: (
        "你已录入过该表单，须由另一位同事处理。",
        "You have given your entries for this form; another person has to act now.",
    ),
    ErrorCode.FIELD_UNKNOWN: ("表单中没有该字段。", "The form has no such field."),
    ErrorCode.FIELD_REPEATED: ("该字段出现了不止一次。", "This field is named more than once."),
    ErrorCode.FORM_KEY_INVALID: (
        "表单键须以小写字母开头，只含小写字母、数字和连字符，2 至 60 个字符。",
        "A form's key begins with a lower-case letter and has lower-case letters, digits and hyphens, 2 to 60 in all.",
    ),
    ErrorCode.FORM_INVALID: (
        "表单定义在 {place} 处无效：{problem}。",
        "The form's definition is not valid at {place}: {problem}.",
    ),
    ErrorCode.SUBJECT_REQUIRED: (
        "无法确定表单所评价的员工，请指定 subjectId。",
        "It is not known whom this form is about; name the person by subjectId.",
    ),
    ErrorCode.SUBJECT_MISMATCH: (
        "表单上的姓名或工号与所选员工不符，请更正该字段，或选择正确的员工。",
        "Name or staff number on the form are not those of the chosen person; correct the field or choose the person.",
    ),
    ErrorCode.CYCLE_REQUIRED: (
        "无法确定表单所属的考核周期，请指定 cycleId。",
        "It is not known which cycle this form is about; name it by cycleId.",
    ),
    ErrorCode.CYCLE_MISMATCH: (
        "表单上的考核周期与所选周期不符，请更正该字段，或选择正确的周期。",
        "The period on the form is not the chosen cycle; correct the field or choose the cycle.",
    ),
    ErrorCode.NOT_READY: (
        "当前状态不允许此操作，请刷新后查看状态。",
        "This cannot be done in the present state; load it again and see its status.",
    ),
    ErrorCode.REASON_REQUIRED: ("请填写原因。", "Give a reason."),
    ErrorCode.TEXT_REQUIRED: ("请填写该项。", "Write something here."),
    ErrorCode.TEXT_TOO_LONG: ("文字过长，请缩短。", "The text is too long; make it shorter."),
    ErrorCode.NUMBER_OUT_OF_RANGE: (
        "数值或日期超出允许范围，请对照接口中该字段的说明修改。",
        "The number or day is outside the range that is allowed; see the description of the field that is named.",
    ),
    ErrorCode.TOO_MANY_DECIMALS: ("最多保留四位小数。", "Give at most four decimal places."),
    ErrorCode.TOO_MANY: ("一次提交的条目过多，请分批提交。", "These are too many at once; send them in parts."),
    ErrorCode.OWNER_REQUIRED: (
        "请指定目标的责任人（个人目标）或部门（部门目标）。",
        "Name whose goal it is: a person for a person's goal, a department for a department's.",
    ),
    ErrorCode.CODE_TAKEN: (
        "该周期内已有相同编号的目标，请换一个编号。",
        "Another goal of this cycle has this code; choose another one.",
    ),
    ErrorCode.CYCLE_CLOSED: (
        "该周期已关闭，不能再修改目标。",
        "This cycle is closed; its goals do not change any more.",
    ),
    ErrorCode.GOAL_STATE: (
        "目标当前状态不允许此操作；已确认的目标请提交变更申请。",
        "The goal's present state does not allow this; a confirmed goal changes by a change request.",
    ),
    ErrorCode.GOAL_LOOP: (
        "不能把目标挂到自身或其下级目标之下，请选择其他上级目标。",
        "A goal cannot hang below itself or below what serves it; choose another parent.",
    ),
    ErrorCode.GOAL_TOO_DEEP: (
        "目标层级过深，请挂到更高层的目标之下。",
        "The tree of goals would become too deep; choose a parent further up.",
    ),
    ErrorCode.TREE_TOO_LARGE: (
        "目标数量超过一次可返回的上限，请指定 rootId 或减小 depth。",
        "These are more goals than one answer holds; name a rootId or ask for less depth.",
    ),
    ErrorCode.MEASURE_SCALE: (
        "衡量标准的数值与方向不一致或不完整：请检查起点、目标、范围和方向。",
        "The numbers do not fit the direction or are incomplete: check start, target, range and direction.",
    ),
    ErrorCode.WEIGHTS_MIXED: (
        "同一责任人、类型和周期的目标要么都设权重，要么都不设。",
        "Goals of one owner, kind and cycle have a weight all or none; so do the measures of one goal.",
    ),
    ErrorCode.WEIGHTS_NOT_WHOLE: (
        "权重合计必须为 100，请调整后重试。",
        "The weights must total 100; put them right and try again.",
    ),
    ErrorCode.WEIGHTS_CANNOT_BALANCE: (
        "其余权重无法补足到 100，请同时调整其他目标的权重。",
        "The other weights cannot make up the total of 100; name changes of them, too.",
    ),
    ErrorCode.WEIGHT_OUT_OF_RANGE: ("权重必须在 0 到 100 之间。", "A weight must be from 0 to 100."),
    ErrorCode.HOURS_MISSING: (
        "该目标没有足够的计划工时可以转出。",
        "This goal has not so many planned hours to give away.",
    ),
    ErrorCode.ALREADY_DECIDED: ("该变更申请已有结论。", "This change request has already been decided."),
    ErrorCode.CHANGE_INCOMPLETE: (
        "该变更缺少必填内容，或包含与其类型无关的内容。",
        "This change lacks something that its kind needs; see the description of the kind.",
    ),
    ErrorCode.CHANGE_EMPTY: ("该变更不会改变任何内容。", "This would change nothing."),
    ErrorCode.STEP_DONE: (
        "已完成的步骤保持原样：请连同其标识原样提交，不要改动或去掉。",
        "A step that is done stays as it is: send it with its id, unchanged.",
    ),
    ErrorCode.STEP_OUTSIDE_CYCLE: (
        "步骤日期须在目标周期内：{starts_on} 至 {ends_on}。",
        "A step's day must lie in the goal's cycle: {starts_on} to {ends_on}.",
    ),
    ErrorCode.CITATION_REQUIRED: (
        "非人工填写的数值必须注明出处。",
        "A value that is not entered by hand must cite where it comes from.",
    ),
    ErrorCode.FEEDBACK_EMPTY: (
        "请至少写一句话，或选择一个行为标签。",
        "Write at least a few words, or choose a behaviour tag.",
    ),
    ErrorCode.RECEIVER_IS_SELF: ("请选择一位同事，而不是自己。", "Choose a colleague, not yourself."),
    ErrorCode.TAG_UNKNOWN: (
        "没有该行为标签或已停用，请从列表中选择。",
        "There is no such behaviour tag any more; choose one of the list.",
    ),
    ErrorCode.DRAFT_REUSED: (
        "该草稿已提交过不同的内容；请修改已提交的反馈，或使用新的 draftId。",
        "This draft was sent before with other content; correct that feedback, or use a new draftId.",
    ),
    ErrorCode.TIME_IN_FUTURE: (
        "时间不能在未来，请检查设备时钟。",
        "The time lies in the future; check the clock of the device.",
    ),
    ErrorCode.LINK_INVALID: (
        "链接须为以 http:// 或 https:// 开头的网址。",
        "A link is an address that begins with http:// or https://.",
    ),
    ErrorCode.COMMENT_CONFLICT: (
        "该来源编号下已有另一条记录，未作覆盖；请核对编号，或请人力资源更正。",
        "Something else is recorded under this id of the source and was left as it is; check the id, or ask HR to "
        "correct the record.",
    ),
    ErrorCode.NAME_AMBIGUOUS: (
        "有多个对象使用该名称，请在系统中选定对象后录入。",
        "Several objects have this name; record it in the application, where one can be chosen.",
    ),
    ErrorCode.COMMENT_ABOUT_NOTHING: (
        "请注明这条评价所指的人员、任务或项目，至少一项。",
        "Say whom or what the comment is about: a person, a task or a project.",
    ),
    ErrorCode.ENTRY_EMPTY: (
        "请写一句话、选择心情，或添加一项待办。",
        "Write a text, choose a mood, or add something to do.",
    ),
    ErrorCode.RECORDING_TAKEN: (
        "这条日志已有录音，请新建一条日志。",
        "This entry has a voice note already; write another entry.",
    ),
    ErrorCode.RECORDING_ERASED: (
        "该录音已删除，无法转写；请重新录制。",
        "This recording was erased and cannot be transcribed; record it again.",
    ),
    ErrorCode.TRANSCRIPT_MISSING: (
        "还没有可采用的转写文本，请稍后再试或重新转写。",
        "There is no transcript to take yet; wait for it, or ask for it again.",
    ),
    ErrorCode.NOT_ENOUGH_POINTS: (
        "积分不足，请减少分值或等待下月额度。",
        "There are not enough points left; give fewer, or wait for the next month.",
    ),
    ErrorCode.TOO_FEW_PEOPLE: (
        "直接下属人数不足，无法保证匿名，请改用其他方式收集意见。",
        "Too few people report to this manager for anybody to stay unknown; ask for their views in another way.",
    ),
    ErrorCode.ROUND_OPEN: (
        "该上级已有进行中的匿名反馈，请等待其结束。",
        "A round for this manager is open already; wait until it has closed.",
    ),
    ErrorCode.ROUND_CLOSED: ("本轮匿名反馈已结束。", "This round is closed; it takes no more texts."),
    ErrorCode.ALREADY_WRITTEN: (
        "你已提交过本轮反馈；请在最初填写的设备上修改。",
        "You have written in this round already; change it on the device on which you wrote it.",
    ),
    ErrorCode.WITNESS_IS_SELF: ("请选择一位同事作为见证人。", "Choose a colleague as witness, not yourself."),
    ErrorCode.WEEK_TAKEN: ("本周的关键动作已填写，请修改原有记录。", "This week's key action exists; edit that one."),
    ErrorCode.TEMPLATE_RETIRED: (
        "该交付物模板已停用，请选择其他模板。",
        "This deliverable template is no longer used; choose another one.",
    ),
    ErrorCode.METRIC_DEFINITION: (
        "指标定义不正确：需要名称；正则表达式须能编译，并含名为 value 的分组。",
        "This definition of a metric is not valid: it needs a name, and a pattern must compile and have a group value.",
    ),
    ErrorCode.THRESHOLD_BOUNDS: (
        "阈值界限与方向不符：越低越好只填上限，越高越好只填下限，区间须填四个值且绿区在黄区之内。",
        "The bounds do not fit the direction: AT_MOST takes high bounds, AT_LEAST low ones, WITHIN all four, and green "
        "lies inside yellow.",
    ),
    ErrorCode.AUDIENCE_MISSING: (
        "该员工目前没有这类读者（如直属上级），请选择其他读者范围。",
        "This person has no such reader today, such as a manager; choose another audience.",
    ),
    ErrorCode.FORMAT_REQUIRED: ("请至少选择一种文件格式。", "Choose at least one kind of file."),
    ErrorCode.NOBODY_TO_BRIEF: (
        "所选范围内没有员工，请选择其他部门。",
        "Nobody works in what you chose; choose another department.",
    ),
    ErrorCode.TOO_OFTEN: ("请求过于频繁，请一小时后再试。", "You asked for this too often; try again in an hour."),
    ErrorCode.EVIDENCE_WITHDRAWN: (
        "文件生成后，其中的依据已被收回或不再对你可见，请重新生成。",
        "Evidence that stands in this file was taken back since, or is not for you any more; have it made again.",
    ),
    ErrorCode.FILE_EXPIRED: ("文件只保留一周，请重新生成。", "This file was kept for a week; have it made again."),
    ErrorCode.WORK_FAILED: (
        "生成失败，请继续或重新生成；仍失败时请联系管理员。",
        "Making it failed; go on with it or ask for it again, and tell an administrator if that fails too.",
    ),
    ErrorCode.READING_NOT_MEASURED: (
        "该数值是目标、界限或示例，不是实测结果，不能采纳。",
        "This value is a target, a bound or an example, not a result; accept a measured one.",
    ),
    ErrorCode.READING_DISPUTED: (
        "文件中另有数值与之矛盾，请先更正文件并重新提交。",
        "Another place of the file contradicts this value; have the file corrected and handed in again.",
    ),
    ErrorCode.READING_OUTDATED: (
        "该交付物已有更新的文件，请采纳最新文件中的数值。",
        "The deliverable has a newer file; accept a value of that one.",
    ),
    ErrorCode.UNIT_MISMATCH: (
        "单位与所衡量的内容不符，无法换算；请选择单位一致的衡量标准或指标。",
        "The unit does not convert to that of what is measured; choose a measure or unit that fits.",
    ),
    ErrorCode.PHASES_OUT_OF_ORDER: (
        "周期各阶段的开始日期必须按顺序递增。",
        "The phases of a cycle must begin one after the other, in their order.",
    ),
    ErrorCode.PROJECT_ENDED: (
        "项目已完成或已终止，请先重新启用项目。",
        "This project is done or dropped; set it active again first.",
    ),
    ErrorCode.AGREED_SETTLED: (
        "该约定已完成或已建有任务，请在原任务上跟进。",
        "What was agreed is done or has a task already; go on with that task.",
    ),
    ErrorCode.RETROSPECTIVE_OPEN: (
        "该对象已有一份正在进行的复盘，请在其中继续。",
        "A retrospective on this is being written already; go on with that one.",
    ),
    ErrorCode.RETROSPECTIVE_STATE: (
        "复盘的当前状态不允许此操作：已完成的复盘不可修改，只能更正为新的一版。",
        "This cannot be done with the retrospective as it stands; a finished one is corrected by a new edition.",
    ),
    ErrorCode.RETROSPECTIVE_INCOMPLETE: (
        "复盘还不完整，以下部分尚无内容：{steps}。",
        "The retrospective is not complete; nothing is written under: {steps}.",
    ),
    ErrorCode.PARTICIPANT_CANNOT_SEE: (
        "有参与人无权查看复盘的对象，请先让其可见，或不邀请此人。",
        "Somebody who is to take part may not see what it is about; open it to them first, or leave them out.",
    ),
    ErrorCode.COLLABORATOR_REQUIRED: (
        "每个任务至少需要一位责任人以外的协作人。",
        "A task needs at least one collaborator besides its owner; name one.",
    ),
    ErrorCode.PLAN_ORDER: (
        "计划开始时间不能晚于截止时间。",
        "The start must not lie after the due time; change one of them.",
    ),
    ErrorCode.TASK_LOOP: (
        "任务之间不能循环依赖，请去掉其中一个前置任务。",
        "Tasks cannot depend on each other in a circle; leave one of these out.",
    ),
    ErrorCode.WAITING_FOR_REQUIRED: (
        "等待中的任务须注明在等哪一个任务或哪一位同事（二选一）。",
        "Say what a waiting task waits for: one task or one person; other states wait for nothing.",
    ),
    ErrorCode.FEED_NAME: (
        "数据源名称只能包含小写字母、数字和连字符，最长 64 个字符。",
        "A feed's name has small letters, digits and hyphens, at most 64.",
    ),
    ErrorCode.HOST_NOT_ALLOWED: (
        "该地址不在运维允许的主机列表中，请联系管理员。",
        "This address is not among the hosts that the operator allows; ask for it to be added.",
    ),
    ErrorCode.MEASURE_BOUND: (
        "该衡量标准已绑定数据源，请先解除原有绑定。",
        "This measure has a source already; end that binding first.",
    ),
    ErrorCode.CHANNEL_URL_INVALID: (
        "该地址与渠道类型不符，请按 Apprise 的格式填写，例如 dingtalk://令牌、wecombot://键、mailto://用户:密码@主机。",
        "This is no address of that kind of channel; write it as Apprise does, for example dingtalk://TOKEN, "
        "wecombot://KEY or mailto://USER:PASSWORD@HOST.",
    ),
    ErrorCode.CHANNEL_CODE_PRIVATE: (
        "该类消息只属于本人，不能发往多人可见的渠道，请去掉该类消息，或由本人设置自己的渠道。",
        "What this tells is a person's own affair and goes to no place that several people read; leave it out, or let "
        "each person set up a channel of their own.",
    ),
}

VALUE_PROBLEMS: dict[ValueProblem, tuple[str, str]] = {
    ValueProblem.TOO_LONG: ("最多 {expected} 个字符。", "At most {expected} characters fit."),
    ValueProblem.CONTROL_CHARACTERS: ("请去除不可见的控制字符。", "Take out the invisible control characters."),
    ValueProblem.NOT_A_NUMBER: ("请填写数字，如 {expected}。", "Write a number such as {expected}."),
    ValueProblem.OUT_OF_RANGE: ("允许范围：{expected}。", "The range is {expected}."),
    ValueProblem.OFF_STEP: ("步长为 {expected}。", "Numbers go up in steps of {expected}."),
    ValueProblem.NOT_A_DATE: ("日期格式为 {expected}。", "Write the date as {expected}."),
    ValueProblem.NOT_AN_OPTION: ("可选值：{expected}。", "Choose one of: {expected}."),
    ValueProblem.WRONG_PATTERN: ("须符合格式 {expected}。", "It must match {expected}."),
    ValueProblem.NOT_PRESENT: ("签名只能填 {expected} 或留空。", "A signature is {expected} or null."),
}
"""What else FIELD_INVALID says, by its parameter `problem`."""


def message(error: DomainError, locale: str) -> str:
    """The words for an error in the locale (`zh…` is Chinese, everything else English)."""
    params = error.params
    if error.code is ErrorCode.FORM_INVALID and locale.startswith("zh"):
        params = {**params, "problem": in_chinese(params["problem"]) or params["problem"]}
    words = text(error.code, locale, **params)
    if error.code is not ErrorCode.FIELD_INVALID or "problem" not in error.params:
        return words
    chinese, english = VALUE_PROBLEMS[error.params["problem"]]
    if locale.startswith("zh"):
        return words + chinese.format(**error.params)
    return f"{words} {english.format(**error.params)}"


def text(code: ErrorCode, locale: str, **params: object) -> str:
    """The words for a code. Raises `KeyError` when a parameter that the words need is missing."""
    return in_language(MESSAGES[code], locale).format(**params)
