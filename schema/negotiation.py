"""Which media type an answer is sent in (RFC 9110, section 12.5.1)."""

from __future__ import annotations

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
HTML = "text/html"


def preferences(accept: str | None) -> list[str]:
    """The accepted types, best first: by quality, then in the order of the header. Without a header: anything."""
    if accept is None or not accept.strip():
        return ["*/*"]
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept.split(",")):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if media_type and quality > 0:
            ranked.append((-quality, position, media_type))
    return [media_type for _, _, media_type in sorted(ranked)]


def choose(accept: str | None, offered: list[str]) -> str | None:
    """The best type to answer in, None when no offered one is accepted. Wildcards mean the first offered one."""
    for accepted in preferences(accept):
        if accepted in offered:
            return accepted
        if accepted == "*/*" or (accepted.endswith("/*") and offered[0].startswith(accepted[:-1])):
            return offered[0]
    return None


def language(accept_language: str | None) -> str:
    """`zh` or `en`, whichever the header prefers; English when it names neither."""
    for accepted in preferences(accept_language):
        if accepted.startswith(("zh", "en")):
            return accepted[:2]
    return "en"
