"""A verdict on one certificate, and what a file is, as text and as JSON values."""

from __future__ import annotations

import textwrap
from typing import Any, Final

from expressway_certs.show.escape import plain
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files.report import FileReport
from expressway_certs.x509.missing import MissingIssuer
from expressway_certs.x509.verdict import Verdict

VERDICT_SCHEMA: Final = "expressway_certs/verdict/1"
_SHORT: Final = 16
_INDENT: Final = "  "


def certificate_name(certificate: Certificate) -> str:
    """Return what people call a certificate: its common name, or else its whole subject."""
    return plain(certificate.common_name or certificate.subject or "a certificate without a subject")


def certificate_line(certificate: Certificate) -> str:
    """Return a certificate in one line: its name, role, end of validity (UTC) and the start of its SHA-256."""
    end = f"{certificate.not_after:%Y-%m-%d %H:%M} UTC"
    name = certificate_name(certificate)
    return f"{name} ({certificate.role}, valid until {end}, sha256 {certificate.sha256[:_SHORT]})"


def verdict_text(verdict: Verdict, *, width: int = 100) -> str:
    """Return a verdict for a person: the answer, the certificate, why, and the chain as far as it goes."""
    lines = [_answer(verdict)]
    if not verdict.ok:
        lines.append(f"certificate: {certificate_line(verdict.certificate)}")
        lines.append(f"why: {plain(verdict.explanation)}")
    lines.append("chain:" if verdict.ok else "chain, as far as it goes:")
    lines += [f"{_INDENT}{depth}  {certificate_line(one)}" for depth, one in enumerate(verdict.chain)]
    return "\n".join(wrapped(line, width) for line in lines)


def _answer(verdict: Verdict) -> str:
    if verdict.ok:
        return f"OK: {plain(verdict.explanation)}"
    return f"error {verdict.code} at depth {verdict.depth}: {verdict.reason} (OpenSSL {verdict.openssl})"


def wrapped(line: str, width: int) -> str:
    """Return a line broken at spaces into lines of ``width``, the later ones indented below the first."""
    indent = line[: len(line) - len(line.lstrip())] + _INDENT
    wrapper = textwrap.TextWrapper(
        width=width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(line)


def file_text(report: FileReport, *, width: int = 100) -> str:
    """Return what a file is for a person: the sentence, and the certificates in it, each on a line."""
    place = f"{report.where}: " if report.where else ""
    lines = [f"{place}{plain(report.sentence)}", *(_INDENT + certificate_line(one) for one in report.certificates)]
    return "\n".join(wrapped(line, width) for line in lines)


def verdict_values(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values, under the schema that its first member names."""
    return {
        "schema": VERDICT_SCHEMA,
        "ok": verdict.ok,
        "openssl": verdict.openssl,
        "code": verdict.code,
        "reason": verdict.reason,
        "depth": verdict.depth,
        "certificate": certificate_values(verdict.certificate),
        "explanation": verdict.explanation,
        "extension": verdict.extension,
        "expected": verdict.expected,
        "found": verdict.found,
        "missing": _missing_values(verdict.missing),
        "chain": [certificate_values(one) for one in verdict.chain],
    }


def certificate_values(certificate: Certificate) -> dict[str, Any]:
    """Return what identifies a certificate, as JSON values."""
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial_number:x}",
        "sha256": certificate.sha256,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
    }


def _missing_values(missing: MissingIssuer | None) -> dict[str, Any] | None:
    if missing is None:
        return None
    identifier = missing.key_identifier
    return {
        "name": missing.name,
        "key_identifier": None if identifier is None else identifier.hex(),
        "urls": list(missing.urls),
    }
