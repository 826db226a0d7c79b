"""What kinds of channels there are and why something does not arrive: known also to the child process that sends, which
loads no tables."""

from __future__ import annotations

from enum import StrEnum


class ChannelKind(StrEnum):
    DINGTALK = "DINGTALK"
    WECOM = "WECOM"
    FEISHU = "FEISHU"
    SLACK = "SLACK"
    EMAIL = "EMAIL"
    OTHER = "OTHER"
    """Any other address that Apprise knows and that speaks HTTP."""


class DeliveryReason(StrEnum):
    """Why something has not arrived."""

    URL_INVALID = "URL_INVALID"
    UNSEALABLE = "UNSEALABLE"
    HOST_NOT_ALLOWED = "HOST_NOT_ALLOWED"
    PRIVATE_ADDRESS = "PRIVATE_ADDRESS"
    NO_ADDRESS = "NO_ADDRESS"
    UNREACHABLE = "UNREACHABLE"
    REFUSED = "REFUSED"
    NO_ANSWER = "NO_ANSWER"
    READ = "READ"
    MUTED = "MUTED"
    CHANNEL_GONE = "CHANNEL_GONE"
