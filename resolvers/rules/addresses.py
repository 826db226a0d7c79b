"""Which addresses belong to which kind of channel, and what is sent there.

The spellings are Apprise's (https://appriseit.com/services/); addresses that the services themselves hand out are
taken where Apprise reads them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from db.channels import ChannelKind

SCHEMES = {
    ChannelKind.DINGTALK: frozenset({"dingtalk"}),
    ChannelKind.WECOM: frozenset({"wecombot"}),
    ChannelKind.FEISHU: frozenset({"feishu", "lark"}),
    ChannelKind.SLACK: frozenset({"slack"}),
    ChannelKind.EMAIL: frozenset({"mailto", "mailtos"}),
}
"""Of Apprise's addresses, by kind. Any scheme but these belongs to the kind OTHER."""
_HANDED_OUT = {
    ChannelKind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?",
    ChannelKind.FEISHU: "https://open.larksuite.com/open-apis/bot/v2/hook/",
    ChannelKind.SLACK: "https://hooks.slack.com/services/",
}
HOSTS = {
    "dingtalk": frozenset({"oapi.dingtalk.com"}),
    "wecombot": frozenset({"qyapi.weixin.qq.com"}),
    "feishu": frozenset({"open.feishu.cn"}),
    "lark": frozenset({"open.larksuite.com"}),
    "slack": frozenset({"hooks.slack.com", "slack.com"}),
}
"""Where Apprise sends what has no host in its address: one of these must be on the operator's list."""
URL_LENGTH = 2_000
_PRINTABLE = re.compile(r"[!-~]+\Z")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent, and where."""

    kind: ChannelKind
    url: str = field(repr=False)
    to: str | None = field(repr=False)
    """The e-mail address, where the channel's own does not say it."""
    title: str = field(repr=False)
    body: str = field(repr=False)


def fits(kind: ChannelKind, url: str) -> bool:
    """Whether that may be an address of this kind; whether it is one, Apprise says when something is sent."""
    scheme, separator, rest = url.partition("://")
    if not separator or not rest or len(url) > URL_LENGTH or not _PRINTABLE.match(url):
        return False
    if kind is ChannelKind.OTHER:
        known = frozenset[str]().union(*SCHEMES.values(), {"http", "https"})
        return re.fullmatch(r"[a-z][a-z0-9]*", scheme) is not None and scheme not in known
    handed_out = _HANDED_OUT.get(kind)
    return scheme in SCHEMES[kind] or (handed_out is not None and url.startswith(handed_out))


def may_be_reached(kind: ChannelKind, url: str, allowed: Collection[str]) -> bool:
    """Whether the operator allows where this goes, as far as the address tells without asking anybody."""
    scheme = url.partition("://")[0]
    if scheme == "https":
        scheme = "lark" if kind is ChannelKind.FEISHU else min(SCHEMES[kind])
    return not HOSTS[scheme].isdisjoint(allowed) if scheme in HOSTS else bool(allowed)


def masked(url: str) -> str:
    """What may be shown of an address: how it begins."""
    return f"{url.partition('://')[0]}://…"


def accepted(kind: ChannelKind, answer: object) -> bool | None:
    """What the body of a robot's answer with status 200 says; None: nothing that is understood.

    DingTalk and WeCom answer `errcode`, Feishu `code` or, formerly, `StatusCode`; 0 is success.
    """
    names = {
        ChannelKind.DINGTALK: ("errcode",),
        ChannelKind.WECOM: ("errcode",),
        ChannelKind.FEISHU: ("code", "StatusCode"),
    }.get(kind)
    if names is None:
        return True
    said = [answer[name] for name in names if name in answer] if isinstance(answer, dict) else []
    return all(number == 0 for number in said) if said else None
