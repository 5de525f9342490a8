"""The public test vectors that lie beside the checkout, and what OpenSSL is recorded to have said to each."""

import base64
import ipaddress
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import attrs
from judging import Version, is_readable
from openssl_oracle import Answer, Question

FOLDER: Final = Path(__file__).parents[2] / "shared" / "conformance"
SUITES: Final = (
    "bettertls", "boringssl-chain", "boringssl-crl", "derived", "go-x509", "limbo",
    "openssl-verify", "pathgraph", "pkits", "pyhanko-cv", "rustls-webpki",
)  # fmt: skip
PROFILES: Final = ("tls1", "tls0", "tls2", "tls1_any", "tls1_partial")
"""The profiles that are graded."""
RECORDED: Final[dict[Version, str]] = {"3.0": "3.0.22", "1.1.1": "1.1.1w"}
_PURPOSES: Final = {"sslserver": "server", "sslclient": "client", "any": "server"}
_LEVELS: Final = {"tls0": 0, "tls2": 2}


@attrs.frozen(kw_only=True)
class Vector:
    """One case of a suite, as it stands in the file, and the certificates that it speaks of."""

    case: dict[str, Any]
    pool: dict[str, bytes] = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """The name of the case, the suite's name first."""
        return str(self.case["id"])

    def question(self, profile: str) -> Question:
        """Return what is asked in one of the profiles."""
        named = self.case["server_name"] or {"kind": None, "value": ""}
        is_address = named["kind"] == "ip"
        return Question(
            leaf=self.pool[self.case["leaf"]],
            trust=self._members("roots"),
            presented=self._members("intermediates"),
            purpose=None if profile == "tls1_any" else _PURPOSES[self.case["purpose"]],
            hosts=(named["value"],) if named["kind"] == "dns" else (),
            address=ipaddress.ip_address(named["value"]).packed if is_address else None,
            at=self.case["time"],
            partial_chain=profile == "tls1_partial",
            security_level=_LEVELS.get(profile, 1),
            crls=tuple(filter(is_readable, self._members("crls"))),
            crl_check=self._crl_check(),
        )

    def _members(self, field: str) -> tuple[bytes, ...]:
        return tuple(self.pool[member] for member in self.case[field])

    def _crl_check(self) -> str | None:
        if not self.case["crls"]:
            return None
        asked = self.case["opts"]
        return "leaf" if asked.get("crl_check") and not asked.get("crl_check_all") else "all"

    def recorded(self, profile: str, version: Version) -> Answer:
        """Return what a branch answered; what is not recorded for it is as in 3.0, or as in the profile "tls1"."""
        reference = self.case["reference"]
        newer = reference["3.0.22"]
        said = reference.get(RECORDED[version], {}).get(profile) or newer.get(profile) or newer["tls1"]
        if said["r"] == "ok":
            return Answer(ok=True, code=0, depth=0, chain=tuple(self.pool[member] for member in said["chain"]))
        return Answer(ok=False, code=said["code"], depth=said["depth"], chain=())


@cache
def suite(name: str) -> tuple[Vector, ...]:
    """Return the cases of a suite."""
    found = _read(name)
    pool = {member: base64.b64decode(text) for member, (_, text) in found["pool"].items()}
    return tuple(Vector(case=case, pool=pool) for case in found["cases"])


def error_strings(version: Version) -> dict[int, str]:
    """Return a branch's words for each error number."""
    return {int(number): words for number, words in _read("verify_error_strings")[RECORDED[version]].items()}


def all_vectors() -> Iterator[Vector]:
    """Yield the cases of every suite."""
    for name in SUITES:
        yield from suite(name)


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
