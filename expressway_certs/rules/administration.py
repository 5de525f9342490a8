"""Rules for administration: the certificates of administrators, and the LDAP servers that know them."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.legs import ADMINISTRATION_LEGS
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, remedies
from expressway_certs.rules.finding import Hit, Severity
from expressway_certs.rules.rule import Context, Stage, rule

_SOURCES = (Source("platform.md §6: AG155-sec, AG155-sys, AG155-ref", "inferred"),)


@rule("administration-ca-missing", Severity.ERROR, Stage.ADMINISTRATION)
def ca_missing(context: Context) -> Iterator[Hit]:
    """The CA of an administrator's certificate or of an LDAP server is not in a node's Trusted CA list.

    What it checks: the certificate, with what comes along, by the node's list, where a certificate is asked for.
    Why it matters: nobody can log in to the node, by certificate or by the directory.
    Example: an LDAP server renewed under a new CA.
    Remedy: the CA certificates into the list, on every node.
    References: platform.md §2 and §6.
    """
    for claim in common.untrusted(context, ADMINISTRATION_LEGS):
        judgement = claim.home.judgement
        yield hits.of_chain(
            claim,
            f"{judgement.judge} does not trust the CA of {judgement.presenter}",
            remedies.trust(claim.fault.judgement, context.known),
            node=claim.fault.judgement.judge,
            sources=_SOURCES,
        )


@rule("administration-certificate-refused", Severity.ERROR, Stage.ADMINISTRATION)
def certificate_refused(context: Context) -> Iterator[Hit]:
    """The certificate of an administrator or of an LDAP server is refused for what it is.

    What it checks: validity, purpose and, as far as the CRL checking of the service goes, revocation.
    Why it matters: nobody can log in to the node, by certificate or by the directory.
    Example: a smart card that its CA has revoked.
    Remedy: a new certificate.
    References: platform.md §6.
    """
    for claim in common.refused(context, ADMINISTRATION_LEGS):
        yield hits.refused(context, claim, sources=_SOURCES)


ADMINISTRATION_RULES = (ca_missing, certificate_refused)
