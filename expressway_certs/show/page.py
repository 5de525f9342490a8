"""A report as one page of HTML that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from expressway_certs.report import Report
from expressway_certs.rules.finding import Finding
from expressway_certs.rules.judging import LegResult
from expressway_certs.show.escape import plain

_STYLE: Final = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4 }
body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem }
table { border-collapse: collapse } th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8886 }
details { border: 1px solid #8886; border-radius: .3rem; padding: .4rem .8rem; margin: .6rem 0 }
summary { font-weight: 600 } .error, .down { color: #c62828 } .warning, .warns { color: #b26a00 } .up { color: #2e7d32 }
@media (prefers-color-scheme: dark) {
  .error, .down { color: #ff8a80 } .warning, .warns { color: #ffcc80 } .up { color: #a5d6a7 }
}
"""


def render(report: Report) -> str:
    """Return the page. All text of the report is escaped, for some of it comes out of certificates."""
    count = f"{len(report.errors)} errors, {len(report.warnings)} warnings"
    body = [
        f"<h1>{_text(report.name)}</h1>",
        f"<p>{_text(count)}, judged for {report.at:%Y-%m-%d %H:%M:%S} UTC.</p>",
        *map(_finding, report.findings),
        "<h2>Legs</h2>",
        _table(("Leg", "From", "To", "State", "Why"), map(_leg, report.legs)),
        "<h2>Rules</h2>",
        _table(("Rule", "Outcome", "Why"), (_row(one.rule, one.kind.value, one.why) for one in report.outcomes)),
    ]
    title = _text(f"{report.name}: {count}")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head><body>\n' + "\n".join(
        (*body, "</body></html>", "")
    )


def _text(value: object) -> str:
    return escape(plain(str(value)))


def _finding(finding: Finding) -> str:
    level = finding.severity.value
    facts = {
        "Where": ", ".join(map(str, finding.legs)) or ", ".join(finding.nodes),
        "Certificate": finding.certificate.subject if finding.certificate else None,
        "Why": finding.explanation,
        "OpenSSL": None if finding.code is None else f"error {finding.code} at depth {finding.depth}",
        "Expected": finding.expected,
        "Found": finding.found,
        "The product": finding.effect.value if finding.effect else None,
        "The product says": finding.product_message,
        "Alarm": finding.alarm,
        "Settings": "; ".join(map(str, finding.settings)),
        "Sources": ", ".join(map(str, finding.sources)),
    }
    listed = "".join(f"<tr><th>{_text(name)}</th><td>{_text(fact)}</td></tr>" for name, fact in facts.items() if fact)
    steps = "".join(f"<li>{_text(step)}</li>" for step in finding.remedy.steps)
    summary = f'<summary class="{level}">{_text(level.upper())}: {_text(finding.message)}</summary>'
    return f"<details open>{summary}<table>{listed}</table><ol>{steps}</ol></details>"


def _leg(result: LegResult) -> str:
    title = f"{result.leg.id} {result.leg.title}"
    return _row(title, result.initiator, result.acceptor, result.state.value, result.why, style=result.state.value)


def _row(*cells: str, style: str = "") -> str:
    css = f' class="{escape(style)}"' if style else ""
    return f"<tr{css}>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>"


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
