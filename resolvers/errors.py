"""What can go wrong as expected. Every such failure has a code that clients may rely on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Codes are part of the contract: add, never rename."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    BAD_ID = "BAD_ID"
    BAD_CURSOR = "BAD_CURSOR"
    BAD_PAGE_SIZE = "BAD_PAGE_SIZE"
    ACCESS_CHANGED = "ACCESS_CHANGED"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    INVALID = "INVALID"
    FILE_EMPTY = "FILE_EMPTY"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    FILE_TYPE_UNSUPPORTED = "FILE_TYPE_UNSUPPORTED"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    FIELD_NEEDS_CHECK = "FIELD_NEEDS_CHECK"
    FIELD_INVALID = "FIELD_INVALID"
    ALREADY_CONFIRMED = "ALREADY_CONFIRMED"
    ALREADY_ENTERED = "ALREADY_ENTERED"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    FIELD_REPEATED = "FIELD_REPEATED"
    FORM_KEY_INVALID = "FORM_KEY_INVALID"
    FORM_INVALID = "FORM_INVALID"
    SUBJECT_REQUIRED = "SUBJECT_REQUIRED"
    SUBJECT_MISMATCH = "SUBJECT_MISMATCH"
    CYCLE_REQUIRED = "CYCLE_REQUIRED"
    CYCLE_MISMATCH = "CYCLE_MISMATCH"
    NOT_READY = "NOT_READY"
    REASON_REQUIRED = "REASON_REQUIRED"
    TEXT_REQUIRED = "TEXT_REQUIRED"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    NUMBER_OUT_OF_RANGE = "NUMBER_OUT_OF_RANGE"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    TOO_MANY = "TOO_MANY"
    OWNER_REQUIRED = "OWNER_REQUIRED"
    CODE_TAKEN = "CODE_TAKEN"
    CYCLE_CLOSED = "CYCLE_CLOSED"
    GOAL_STATE = "GOAL_STATE"
    GOAL_LOOP = "GOAL_LOOP"
    GOAL_TOO_DEEP = "GOAL_TOO_DEEP"
    TREE_TOO_LARGE = "TREE_TOO_LARGE"
    MEASURE_SCALE = "MEASURE_SCALE"
    WEIGHTS_MIXED = "WEIGHTS_MIXED"
    WEIGHTS_NOT_WHOLE = "WEIGHTS_NOT_WHOLE"
    WEIGHTS_CANNOT_BALANCE = "WEIGHTS_CANNOT_BALANCE"
    WEIGHT_OUT_OF_RANGE = "WEIGHT_OUT_OF_RANGE"
    HOURS_MISSING = "HOURS_MISSING"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    CHANGE_INCOMPLETE = "CHANGE_INCOMPLETE"
    CHANGE_EMPTY = "CHANGE_EMPTY"
    CITATION_REQUIRED = "CITATION_REQUIRED"
    FEEDBACK_EMPTY = "FEEDBACK_EMPTY"
    RECEIVER_IS_SELF = "RECEIVER_IS_SELF"
    TAG_UNKNOWN = "TAG_UNKNOWN"
    DRAFT_REUSED = "DRAFT_REUSED"
    TIME_IN_FUTURE = "TIME_IN_FUTURE"
    LINK_INVALID = "LINK_INVALID"
    COMMENT_CONFLICT = "COMMENT_CONFLICT"
    COMMENT_ABOUT_NOTHING = "COMMENT_ABOUT_NOTHING"
    NOT_ENOUGH_POINTS = "NOT_ENOUGH_POINTS"
    TOO_FEW_PEOPLE = "TOO_FEW_PEOPLE"
    ROUND_OPEN = "ROUND_OPEN"
    ROUND_CLOSED = "ROUND_CLOSED"
    ALREADY_WRITTEN = "ALREADY_WRITTEN"
    WITNESS_IS_SELF = "WITNESS_IS_SELF"
    WEEK_TAKEN = "WEEK_TAKEN"
    PHASES_OUT_OF_ORDER = "PHASES_OUT_OF_ORDER"
    TEMPLATE_RETIRED = "TEMPLATE_RETIRED"
    METRIC_DEFINITION = "METRIC_DEFINITION"
    THRESHOLD_BOUNDS = "THRESHOLD_BOUNDS"
    AUDIENCE_MISSING = "AUDIENCE_MISSING"
    READING_NOT_MEASURED = "READING_NOT_MEASURED"
    READING_DISPUTED = "READING_DISPUTED"
    READING_OUTDATED = "READING_OUTDATED"
    UNIT_MISMATCH = "UNIT_MISMATCH"
    PROJECT_ENDED = "PROJECT_ENDED"
    COLLABORATOR_REQUIRED = "COLLABORATOR_REQUIRED"
    PLAN_ORDER = "PLAN_ORDER"
    TASK_LOOP = "TASK_LOOP"
    WAITING_FOR_REQUIRED = "WAITING_FOR_REQUIRED"
    FEED_NAME = "FEED_NAME"
    HOST_NOT_ALLOWED = "HOST_NOT_ALLOWED"
    MEASURE_BOUND = "MEASURE_BOUND"
    FORMAT_REQUIRED = "FORMAT_REQUIRED"
    NOBODY_TO_BRIEF = "NOBODY_TO_BRIEF"


class DomainError(Exception):
    """An expected failure. It rolls the transaction back and reaches the client as data: code, field and message.

    `field` is the path of the offending input as the client writes it, for example `("input", "fields", "grade")`.
    `params` fill the message of `resolvers.messages`; they must not carry personal data.
    """

    def __init__(self, code: ErrorCode, field: tuple[str, ...] | None = None, **params: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.params = params


class DomainErrors(Exception):  # noqa: N818 - it is several
    """Several expected failures of one request, told together, such as one for each field of a form."""

    def __init__(self, errors: list[DomainError]) -> None:
        super().__init__(", ".join(error.code.value for error in errors))
        self.errors = errors
