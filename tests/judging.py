"""The judge, asked in the words in which OpenSSL is asked; and two lists of differences held against each other."""

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, cast

from openssl_oracle import Answer, Question

from expressway_certs import Certificate, LoadError, RevocationList, TrustStore, VerifyPolicy, verify

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Version = Literal["3.0", "1.1.1"]

certificate = lru_cache(maxsize=None)(Certificate.from_der)
crl = lru_cache(maxsize=None)(RevocationList.from_der)


@lru_cache(maxsize=256)
def store(certificates: tuple[bytes, ...]) -> TrustStore:
    """Return the trust store of these DER certificates, always the same one."""
    return TrustStore(map(certificate, certificates))


def judge(question: Question, version: Version = "3.0") -> Answer:
    """Put OpenSSL's question to the judge."""
    verdict = verify(
        certificate(question.leaf),
        store(question.trust),
        tuple(map(certificate, question.presented)),
        policy_of(question, version),
    )
    assert verdict.explanation
    chain = tuple(one.der for one in verdict.chain)
    return Answer(ok=verdict.ok, code=verdict.code, depth=verdict.depth, chain=chain)


def policy_of(question: Question, version: Version = "3.0") -> VerifyPolicy:
    """Return the policy of a question."""
    address = (str(ipaddress.ip_address(question.address)),) if question.address else ()
    return VerifyPolicy(
        purpose=question.purpose,
        names=(*question.hosts, *address),
        at=None if question.at is None else EPOCH + timedelta(seconds=question.at),
        check_time=question.at is not None,
        partial_chain=question.partial_chain,
        security_level=question.security_level,
        crls=map(crl, question.crls),
        crl_check=cast(Literal["leaf", "all"] | None, question.crl_check),
        depth=question.depth,
        openssl=version,
    )


def difference(mine: Answer, theirs: Answer) -> str | None:
    """Say where two answers differ in what counts: yes or no, number, depth, and the chain of a yes."""
    if (mine.ok, mine.code, mine.depth) != (theirs.ok, theirs.code, theirs.depth):
        return f"OpenSSL {theirs.code} at {theirs.depth}, the judge {mine.code} at {mine.depth}"
    return "another chain" if theirs.ok and mine.chain != theirs.chain else None


def surprises(found: Iterable[tuple[str, str | None]], known: Mapping[str, str]) -> list[str]:
    """Return what nobody expects of questions and their differences.

    A difference that has no reason in ``known`` is one, and so is an agreement where a difference
    is known, and a known difference about which nothing was asked.
    """
    asked = dict(found)
    unknown = [f"{name}: {said}" for name, said in asked.items() if said is not None and name not in known]
    mended = [
        f"{name}: agrees, though it is known to differ" for name in known if name in asked and asked[name] is None
    ]
    return [*unknown, *mended, *(f"{name}: was not asked" for name in known if name not in asked)]


def is_readable(der: bytes) -> bool:
    """Whether the bytes are a CRL that can be loaded."""
    try:
        crl(der)
    except LoadError:
        return False
    return True
