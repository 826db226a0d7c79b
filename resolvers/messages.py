"""What an error code says to a person, in Chinese and English."""

from __future__ import annotations

from resolvers.errors import DomainError, ErrorCode

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
    ErrorCode.REQUEST_ID_REUSED: (
        "该 requestId 已用于另一个请求，请使用新的 requestId。",
        "This requestId was used for another request; use a new one.",
    ),
    ErrorCode.INVALID: ("输入不正确。", "The input is not valid."),
    ErrorCode.FILE_EMPTY: ("文件为空。", "The file is empty."),
    ErrorCode.FILE_TOO_LARGE: (
        "文件超过 {maximum_mb} MB 上限。",
        "The file is larger than the maximum of {maximum_mb} MB.",
    ),
    ErrorCode.FILE_TYPE_UNSUPPORTED: (
        "不支持该文件类型，请上传 JPEG、PNG、WebP、HEIC、TIFF 或 PDF。",
        "This file type is not supported; upload JPEG, PNG, WebP, HEIC, TIFF or PDF.",
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
    ErrorCode.FIELD_UNKNOWN: ("表单中没有该字段。", "The form has no such field."),
    ErrorCode.FIELD_REPEATED: ("该字段出现了不止一次。", "This field is named more than once."),
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
}


def message(error: DomainError, locale: str) -> str:
    """The words for an error in the locale (`zh…` is Chinese, everything else English)."""
    return text(error.code, locale, **error.params)


def text(code: ErrorCode, locale: str, **params: object) -> str:
    """The words for a code. Raises `KeyError` when a parameter that the words need is missing."""
    chinese, english = MESSAGES[code]
    return (chinese if locale.startswith("zh") else english).format(**params)
