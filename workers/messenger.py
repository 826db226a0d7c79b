"""The one place that hands a message to Apprise (https://github.com/caronc/apprise, BSD-2-Clause).

Meant for a child process of its own, once: `_Gate` changes how the whole process reaches the network. Apprise knows
more than a hundred services and goes where its addresses say; so not Apprise but the process is held to the rule of
`workers.outbound`. Names are looked up by that rule alone, a connection may go to an address that such a look-up gave
and to no other, and no program can be started. That holds for redirects, for a mail server named in a parameter, and
for whatever a plugin does besides.

Apprise says no more than yes or no. What happened is taken from below it: a status or a robot's code is a refusal, a
host that was not reached is nothing sent, and a connection that broke off after the message went out is not known.
"""

from __future__ import annotations

import smtplib
import socket
import sys
from collections.abc import Collection
from types import ModuleType
from typing import Any

from db.channels import ChannelKind, DeliveryReason
from resolvers.rules.addresses import SCHEMES, Letter, accepted
from workers.outbound import OutboundError, resolve
from workers.sandbox import Limits

MEBIBYTE = 1 << 20
SENDING = Limits(seconds=60, memory_bytes=1024 * MEBIBYTE, processor_seconds=30)
SECONDS = 10.0
"""For a connection, and for an answer."""
_PROGRAMS = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system")
_WAYS_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg")


def send(letter: Letter, hosts: Collection[str], internal_hosts: Collection[str]) -> str:
    """Send a letter, now and once. SENT, or the code of a `DeliveryReason`; NO_ANSWER: it may have arrived."""
    gate = _Gate(frozenset(hosts), frozenset(internal_hosts))
    gate.close()
    import apprise  # noqa: PLC0415 - heavy, and only here

    watch = _Watch(letter.kind)
    watch.begin()
    service = apprise.Apprise.instantiate(letter.url, suppress_exceptions=True)
    if service is None or not _suits(service, letter):
        return DeliveryReason.URL_INVALID.value
    service.verify_certificate = True
    service.redirects = False
    service.socket_connect_timeout = service.socket_read_timeout = SECONDS
    if letter.to is not None:
        service.targets, service.cc, service.bcc = [(False, letter.to)], set(), set()
    said = service.notify(body=letter.body, title=letter.title, body_format=apprise.NotifyFormat.TEXT)
    return _outcome(said=bool(said), refused=gate.refused, steps=watch.steps)


def _outcome(*, said: bool, refused: str | None, steps: list[str]) -> str:
    """What became of it, by what Apprise said and by every step that was seen on the way."""
    if said and steps and set(steps) == {"SENT"}:
        return "SENT"
    if "SENT" in steps or DeliveryReason.NO_ANSWER.value in steps or (said and not steps):
        return DeliveryReason.NO_ANSWER.value
    if refused is not None:
        return refused
    return steps[-1] if steps else DeliveryReason.UNREACHABLE.value


def _suits(service: Any, letter: Letter) -> bool:
    """Whether this is a service of the channel's kind that speaks HTTP, or mail: nothing that stays on this machine."""
    protocols: set[str] = set()
    for found in (service.protocol, service.secure_protocol):
        protocols.update([found] if isinstance(found, str) else found or ())
    is_mail = not protocols.isdisjoint(SCHEMES[ChannelKind.EMAIL])
    if letter.kind in SCHEMES and protocols.isdisjoint(SCHEMES[letter.kind]):
        return False
    return is_mail or isinstance(getattr(sys.modules[type(service).__module__], "requests", None), ModuleType)


class _Gate:
    """Lets this process reach the hosts of the operator's list and nothing else, for the rest of its life."""

    def __init__(self, hosts: frozenset[str], internal_hosts: frozenset[str]) -> None:
        self._hosts, self._internal = hosts, internal_hosts
        self._look_up = socket.getaddrinfo
        self._open: set[str] = set()
        self.refused: str | None = None
        """Code of why something was not reached."""

    def close(self) -> None:
        socket.getaddrinfo = self._resolved
        sys.addaudithook(self._judge)

    def _resolved(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        try:
            addresses = resolve(name.rstrip(".").lower(), port, self._hosts, self._internal, self._look_up)
        except OutboundError as error:
            self.refused = error.code
            raise socket.gaierror(socket.EAI_NONAME, "not to be reached") from None
        self._open.update(addresses)
        found = [self._look_up(address, port, *args, **kwargs) for address in dict.fromkeys(addresses)]
        return [entry for entries in found for entry in entries]

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _PROGRAMS:
            raise PermissionError("no program is started here")
        if event in _WAYS_OUT:
            address = arguments[1]
            if address is not None and not (isinstance(address, tuple) and str(address[0]) in self._open):
                self.refused = self.refused or DeliveryReason.HOST_NOT_ALLOWED.value
                raise PermissionError("not to be reached")


class _Watch:
    """Sees what Apprise does not tell: whether something went out, and what was answered."""

    def __init__(self, kind: ChannelKind) -> None:
        self._kind = kind
        self.steps: list[str] = []
        """SENT, REFUSED, UNREACHABLE or NO_ANSWER for each thing that was to go out."""

    def begin(self) -> None:
        self._watch_http()
        self._watch_mail()

    def _watch_http(self) -> None:
        from requests import adapters, exceptions  # noqa: PLC0415 - only here
        from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - only here

        original = adapters.HTTPAdapter.send

        def watched(adapter: Any, *args: Any, **kwargs: Any) -> Any:
            self.steps.append(DeliveryReason.NO_ANSWER.value)
            try:
                response = original(adapter, *args, **kwargs)
            except (exceptions.ConnectTimeout, exceptions.SSLError):
                self.steps[-1] = DeliveryReason.UNREACHABLE.value
                raise
            except exceptions.ConnectionError as error:
                if isinstance(getattr(error.args[0], "reason", None), NewConnectionError):
                    self.steps[-1] = DeliveryReason.UNREACHABLE.value
                raise
            self.steps[-1] = self._answered(response)
            return response

        setattr(adapters.HTTPAdapter, "send", watched)  # noqa: B010 - with another signature

    def _answered(self, response: Any) -> str:
        if not 200 <= response.status_code < 300:
            return DeliveryReason.REFUSED.value
        try:
            answer = response.json()
        except ValueError:
            answer = None
        verdict = accepted(self._kind, answer)
        if verdict is None:
            return DeliveryReason.NO_ANSWER.value
        return "SENT" if verdict else DeliveryReason.REFUSED.value

    def _watch_mail(self) -> None:
        connect, data = smtplib.SMTP.connect, smtplib.SMTP.data

        def connected(server: smtplib.SMTP, *args: Any, **kwargs: Any) -> Any:
            self.steps.append(DeliveryReason.UNREACHABLE.value)
            answer = connect(server, *args, **kwargs)
            self.steps[-1] = DeliveryReason.REFUSED.value  # unless the message itself is taken
            return answer

        def given(server: smtplib.SMTP, message: Any) -> Any:
            self.steps[-1] = DeliveryReason.NO_ANSWER.value
            try:
                code, words = data(server, message)
            except smtplib.SMTPDataError:
                self.steps[-1] = DeliveryReason.REFUSED.value
                raise
            self.steps[-1] = "SENT" if code == 250 else DeliveryReason.REFUSED.value
            return code, words

        setattr(smtplib.SMTP, "connect", connected)  # noqa: B010 - with another signature
        setattr(smtplib.SMTP, "data", given)  # noqa: B010 - with another signature
