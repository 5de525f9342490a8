"""The command that asks a live server for its chain."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from expressway_certs.cli import common
from expressway_certs.cli.common import COULD_NOT_RUN, ERRORS_FOUND, NOTHING_WRONG, Command, add_at
from expressway_certs.show.escape import plain, write
from expressway_certs.show.verdicts import certificate_line, verdict_text
from expressway_certs.sources.probe.probed import DEFAULT_PORT, Probed, probe
from expressway_certs.x509.certificate import load_certificates
from expressway_certs.x509.policy import Purpose, VerifyPolicy
from expressway_certs.x509.trust_store import TrustStore

_USUAL_TIMEOUT: Final = 10.0


def _target(text: str) -> tuple[str, int]:
    """Read HOST, HOST:PORT, [IPv6] or [IPv6]:PORT; an IPv6 address without brackets has no port."""
    host, port = text, ""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or rest[:1] not in {"", ":"}:
            raise argparse.ArgumentTypeError(f"{text!r} is no host as in [2001:db8::7]:8443")
        port = rest[1:]
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not host or (port and not (port.isascii() and port.isdecimal())):
        raise argparse.ArgumentTypeError(f"{text!r} is no host as in expe1.example.com:8443")
    return host, int(port or DEFAULT_PORT)


def _probe_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("target", type=_target, metavar="HOST[:PORT]", help=f"whom to ask (port {DEFAULT_PORT} unless it says)")
    add("--sni", metavar="NAME", help="the server name to ask for (default: HOST; '' for none)")
    add(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="judge the chain by these trusted CA certificates; repeatable",
    )
    add("--name", type=common.name, help="the name that must be in the certificate (default: that of --sni, or HOST)")
    add_at(parser)
    add("--timeout", type=float, default=_USUAL_TIMEOUT, metavar="SECONDS", help="for everything (default: 10)")
    add("--pem", action="store_true", help="print the chain as PEM, and the sentences to standard error")


def _probe(arguments: argparse.Namespace) -> int:
    host, port = arguments.target
    try:
        found = probe(host, port, server_name=arguments.sni, timeout=arguments.timeout)
    except ValueError as error:
        raise common.UsageError(str(error)) from None
    out = sys.stderr if arguments.pem else sys.stdout
    write(_text(found), out)
    if arguments.pem and found.chain:
        write("".join(one.to_pem() for one in found.chain).removesuffix("\n"), sys.stdout)
    if not found.chain:
        return COULD_NOT_RUN
    return _judged(found, arguments) if arguments.trust else NOTHING_WRONG


def _text(found: Probed) -> str:
    """Return what a server showed, for a person."""
    details = [found.address, found.tls_version, found.server_name and f"SNI {found.server_name}"]
    said = ", ".join(detail for detail in details if detail)
    lines = [f"{found.host} port {found.port}" + (f" ({said})" if said else "")]
    if found.failure is not None:
        lines.append(f"{found.failure.value}: {found.why}")
    if found.chain:
        lines.append("chain, as it was sent:")
    lines += [f"  {number}  {certificate_line(one)}" for number, one in enumerate(found.chain)]
    return "\n".join(plain(line) for line in lines)


def _judged(found: Probed, arguments: argparse.Namespace) -> int:
    cas = [one for path in arguments.trust for one in load_certificates(path)]
    trust = TrustStore(cas, name=", ".join(map(str, arguments.trust)))
    name = arguments.name or found.server_name or found.host
    verdict = found.verdict(trust, VerifyPolicy(purpose=Purpose.SERVER, names=[name], at=arguments.at))
    write(verdict_text(verdict, width=common.width()), sys.stderr if arguments.pem else sys.stdout)
    return NOTHING_WRONG if verdict.ok else ERRORS_FOUND


PROBE = Command(
    name="probe", summary="show the chain that a live server sends", add_arguments=_probe_arguments, run=_probe
)
