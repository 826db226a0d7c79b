"""A brief as one HTML file without scripts and outside references, fit for printing."""

from __future__ import annotations

from html import escape

from resolvers.briefs.page import Bar, Page, Part

_CHINESE = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"'
_LATIN = '"Helvetica Neue", Arial, "DejaVu Sans"'
_FONTS = {"zh": f"{_CHINESE}, {_LATIN}, sans-serif", "en": f"{_LATIN}, {_CHINESE}, sans-serif"}
"""The language's own first: curly quotation marks are in both, as wide as a character in the Chinese ones."""
_STYLE = """
@page { size: A4; margin: 18mm 16mm }
body { font-size: 15px; line-height: 1.6; color: #1c2430; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 .6rem }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; border-bottom: 1px solid #c9d1db; break-after: avoid }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 }
dt, .support, .about, footer { color: #5b6675 } dd { margin: 0 }
li { margin: .25rem 0; break-inside: avoid }
sup { line-height: 0 } sup a { color: #1d5fa8; text-decoration: none }
.support { font-size: .85em } li .support { display: inline-block; max-width: 100% }
h2 + ul, h2 + ol { margin-top: .4rem } ul, ol { padding-left: 1.8rem }
.bar { display: grid; grid-template-columns: 16rem 1fr; gap: 0 1rem; align-items: center; margin: .2rem 0 }
.bar { break-inside: avoid } .bar span { font-size: .9em } svg { width: 100%; height: 14px }
.evidence { font-size: .92em; padding-left: 3em } .evidence p { margin: 0; white-space: pre-wrap }
.evidence li::marker { content: "[" counter(list-item) "]\\2002" } .evidence li { break-inside: auto }
footer { margin-top: 1.6rem; font-size: .85em }
@media (max-width: 36rem) { .bar { grid-template-columns: 1fr; margin: .5rem 0 } }
@media print { body { font-size: 10.5pt; margin: 0; padding: 0; max-width: none } }
"""


def make_html(page: Page) -> bytes:
    """The page in UTF-8."""
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in page.facts if value)
    chart = "".join(map(_bar, page.bars))
    gaps = "".join(f"<li>{escape(gap)}</li>" for gap in page.gaps)
    evidence = "".join(
        f'<li id="e{proof.number}" value="{proof.number}"><span class="about">{escape(proof.about)}</span>'
        f"<p>{escape(proof.text)}</p></li>"
        for proof in page.evidence
    )
    body = [
        f"<h1>{escape(page.title)}</h1><dl>{facts}</dl>",
        f"<h2>{escape(page.chart_title)}</h2>{chart}" if page.bars else "",
        *map(_part, page.parts),
        f"<h2>{escape(page.gaps_title)}</h2><ul>{gaps}</ul>" if page.gaps else "",
        f'<h2>{escape(page.evidence_title)}</h2><ol class="evidence">{evidence}</ol>' if page.evidence else "",
        f"<footer>{escape(page.note)}</footer>",
    ]
    return (
        f'<!doctype html><html lang="{page.language}"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(page.title)}</title>'
        f"<style>body {{ font-family: {_FONTS[page.language]} }}{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>"
    ).encode()


def _part(part: Part) -> str:
    lines = "".join(
        f"<li>{escape(line.text)} "
        + "".join(f'<sup><a href="#e{number}">[{number}]</a></sup>' for number in line.numbers)
        + (f' <span class="support">({escape(line.support)})</span>' if line.support else "")
        + "</li>"
        for line in part.lines
    )
    return f"<h2>{escape(part.title)}</h2><ul>{lines}</ul>"


def _bar(bar: Bar) -> str:
    share = bar_share(bar)
    colour = "#2f7d4f" if bar.share >= 1 else "#c77d0a"
    return (
        f'<div class="bar"><span>{escape(bar.name)}<br><span class="support">{escape(bar.figures)}</span></span>'
        f'<svg viewBox="0 0 150 14" preserveAspectRatio="none" role="img" aria-label="{escape(bar.figures)}">'
        f'<rect y="2" width="150" height="10" fill="#edf0f4"/>'
        f'<rect y="2" width="{share:.1f}" height="10" fill="{colour}"/>'
        f'<line x1="100" x2="100" y1="0" y2="14" stroke="#1c2430" stroke-dasharray="3 2"'
        ' vector-effect="non-scaling-stroke"/></svg></div>'
    )


def bar_share(bar: Bar) -> float:
    """The bar's length where 100 is the target and 150 the most that is drawn."""
    return max(0.0, min(150.0, float(bar.share) * 100))
