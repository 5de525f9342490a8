"""The command that judges a certificate."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from expressway_certs.cli import common
from expressway_certs.cli.common import ERRORS_FOUND, NOTHING_WRONG, Command, add_at, print_json
from expressway_certs.show.escape import plain, write
from expressway_certs.show.verdicts import verdict_text, verdict_values
from expressway_certs.x509.certificate import Certificate, load_certificates
from expressway_certs.x509.errors import LoadError
from expressway_certs.x509.policy import VerifyPolicy
from expressway_certs.x509.revocation_list import RevocationList
from expressway_certs.x509.trust_store import TrustStore
from expressway_certs.x509.verify import verify


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("leaf", type=Path, metavar="LEAF", help="the certificate to judge")
    add(
        "--trust", type=Path, action="append", required=True, metavar="FILE", help="trusted CA certificates; repeatable"
    )
    add(
        "--presented",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what the peer sends along; repeatable",
    )
    add(
        "--name",
        type=common.name,
        action="append",
        default=[],
        help="a host name or IP address that was asked for; repeatable, one must match",
    )
    add("--purpose", choices=("server", "client"), help="what the certificate is shown as")
    add_at(parser)
    add("--partial-chain", action="store_true", help="let any trusted certificate end the chain, not only a root")
    add("--security-level", type=int, choices=range(6), default=1, help="OpenSSL's security level (default: 1)")
    add("--openssl", choices=("3.0", "1.1.1"), default="3.0", help="whose verdict (default: 3.0)")
    add(
        "--crl",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a certificate revocation list; repeatable",
    )
    add("--crl-check", choices=("leaf", "all"), help="what CRLs are wanted for (default: leaf with --crl, else none)")
    add("--json", action="store_true", help="print the verdict as JSON")


def _verify(arguments: argparse.Namespace) -> int:
    trust = TrustStore(_load_all(arguments.trust), name=", ".join(map(str, arguments.trust)))
    verdict = verify(_load_leaf(arguments.leaf), trust, _load_all(arguments.presented), _policy(arguments))
    if arguments.json:
        print_json(verdict_values(verdict))
    else:
        write(verdict_text(verdict, width=common.width()), sys.stdout)
    return NOTHING_WRONG if verdict.ok else ERRORS_FOUND


def _load_all(paths: Sequence[Path]) -> list[Certificate]:
    return [certificate for path in paths for certificate in load_certificates(path)]


def _load_leaf(path: Path) -> Certificate:
    found = load_certificates(path)
    if len(found) != 1:
        raise LoadError(
            "one certificate is to be judged",
            found=f"{len(found)}",
            where=plain(path),
            remedy="give a file with that one alone; the others can follow --presented or --trust",
        )
    return found[0]


def _policy(arguments: argparse.Namespace) -> VerifyPolicy:
    return VerifyPolicy(
        purpose=arguments.purpose,
        names=arguments.name,
        at=arguments.at,
        partial_chain=arguments.partial_chain,
        security_level=arguments.security_level,
        crls=[RevocationList.load(path) for path in arguments.crl],
        crl_check=arguments.crl_check or ("leaf" if arguments.crl else None),
        openssl=arguments.openssl,
    )


VERIFY = Command(
    name="verify", summary="judge a certificate as OpenSSL does", add_arguments=_verify_arguments, run=_verify
)
