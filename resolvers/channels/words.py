"""Why something was not carried on, in words that say what to do, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from db.channels import DeliveryReason
from resolvers.languages import in_language

WORDS: Mapping[DeliveryReason, tuple[str, str]] = {
    DeliveryReason.URL_INVALID: (
        "渠道地址无效或与类型不符，请按 Apprise 的格式重新填写。",
        "The channel's address is none of its kind: write it anew, as Apprise does.",
    ),
    DeliveryReason.UNSEALABLE: (
        "系统密钥已更换，请重新填写渠道地址。",
        "The installation's secret was changed: enter the channel's address again.",
    ),
    DeliveryReason.HOST_NOT_ALLOWED: (
        "目标主机不在运维允许的列表中，请联系运维。",
        "The host is not among those that the operator allows: ask for it to be added.",
    ),
    DeliveryReason.PRIVATE_ADDRESS: (
        "目标是内网地址，未获允许，请联系运维。",
        "The host lies inside the house, which is not allowed: ask the operator.",
    ),
    DeliveryReason.NO_ADDRESS: (
        "收件人没有可用的邮箱，或已离职，请核对通讯录。",
        "The person has no address to write to, or has left: look into the directory.",
    ),
    DeliveryReason.UNREACHABLE: (
        "无法连接对方服务，系统会稍后重试；如持续失败，请检查地址与网络。",
        "No connection. It is tried again later; if that goes on, check the address and the network.",
    ),
    DeliveryReason.REFUSED: (
        "对方服务拒收，请检查令牌、关键词或权限是否仍有效。",
        "The other side refuses it: check whether token, keywords and rights are still good.",
    ),
    DeliveryReason.NO_ANSWER: (
        "已发出但未收到答复，可能已送达，不会重发；请以收件箱为准。",
        "It went out and no answer came. It may have arrived and is not sent again: the inbox has it.",
    ),
    DeliveryReason.READ: ("本人已在收件箱阅读，无需再发。", "It was read in the inbox by then: nothing to do."),
    DeliveryReason.MUTED: ("本人已关闭此类提醒。", "The person does not want it there: nothing to do."),
    DeliveryReason.CHANNEL_GONE: (
        "渠道已暂停或移除，或不再发送此类提醒。",
        "The channel is paused or removed, or no longer carries this.",
    ),
}


def text(reason: DeliveryReason | None, locale: str) -> str | None:
    """The words for a reason in the locale (`zh…` is Chinese, everything else English)."""
    return None if reason is None else in_language(WORDS[reason], locale)
