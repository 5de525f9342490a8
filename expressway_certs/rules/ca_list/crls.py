"""Rules for the CRLs in a file for the Trusted CA list: the only ones that LDAP is checked against.

That SIP, XCP and the pages look into them too, where these check revocation, is inferred: OpenSSL loads them with
the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.provenance import Source
from expressway_certs.rules.ca_list.common import ca_cases, page, without
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509 import names
from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.revocation_list import RevocationList


def _issuer(case: CaUploadCase, crl: RevocationList) -> Certificate | None:
    """Return the CA of a CRL, as the list has it afterwards."""
    return next(iter(case.after.with_subject(names.canonical(crl.slices.issuer))), None)


def _due(crl: RevocationList) -> str:
    return f"the next one was due on {crl.next_update:%Y-%m-%d}" if crl.next_update else "no next one is named"


@rule("ca-list-crl-expired", Severity.ERROR, Stage.CA_LIST, Effect.LATER)
def crl_expired(context: Context) -> Iterator[Hit]:
    """A CRL in the file is out of date: every certificate of its CA then counts as revoked.

    What it checks: the next update of every CRL in the file.
    Why it matters: the guides say that with an expired CRL that was loaded by hand all certificates of the CA are
    treated as revoked. A CRL in the CA file is the only one that LDAP over TLS is checked against.
    Example: a CRL of last month, copied beside its CA and never again.
    Remedy: the CA's current CRL, and a way to load each one after it; or none.
    References: platform.md §2 and §6 (AG155-sec).
    """
    for case in ca_cases(context):
        for crl in case.revocation_lists:
            if crl.next_update is None or crl.next_update > context.at:
                continue
            yield Hit(
                message=f"the CRL of {crl.issuer} in {case.upload.file_name} is out of date: {_due(crl)}; every "
                "certificate of that CA counts as revoked where revocation is checked, by LDAP above all",
                cause=(case.node.name, case.upload, crl.der),
                node=case.node.name,
                remedy=Remedy(
                    before=[f"Get the current CRL of {crl.issuer}, or take the CRL out of {case.upload.file_name}."],
                    changes=without(context, case),
                ),
                evidence=Evidence(
                    certificate=_issuer(case, crl),
                    expected=f"a next update after {context.at:%Y-%m-%d}",
                    found=f"{crl.next_update:%Y-%m-%d}",
                ),
                effect=Effect.LATER,
                sources=[Source("platform.md §2: AG155-sec"), Source("platform.md §6: AG155-sec")],
            )


@rule("ca-list-crl-unreadable", Severity.WARNING, Stage.CA_LIST, Effect.NOT_KNOWN)
def crl_unreadable(context: Context) -> Iterator[Hit]:
    """A CRL in the file cannot be read.

    What it checks: every block that calls itself a CRL.
    Why it matters: what the page does with the rest of such a file is not documented.
    Example: a CRL of which the last lines are missing.
    Remedy: the CRL copied again, or the file without it.
    References: platform.md §2 (AG155-sec); what the page does was not found.
    """
    for case in ca_cases(context):
        fault = case.crl_fault
        if fault is not None:
            yield Hit(
                message=f"a CRL in {case.upload.file_name} cannot be read: {fault.found}",
                cause=(case.node.name, case.upload),
                node=case.node.name,
                remedy=Remedy(
                    before=(f"In {case.upload.file_name}: {fault.remedy}", f"{page(case)}: upload it then."),
                    changes=without(context, case),
                ),
                evidence=Evidence(expected="CRLs that can be read", found=f"{fault.found} ({fault.where})"),
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §2: AG155-sec", "inferred")],
            )


@rule("ca-list-holds-crl", Severity.INFO, Stage.CA_LIST)
def holds_crl(context: Context) -> Iterator[Hit]:
    """The file brings CRLs along, and LDAP is checked against these and no others.

    What it checks: every CRL in the file: whose it is, until when it holds, how many certificates it revokes, and
    whether its CA is in the list afterwards.
    Why it matters: these CRLs are the only ones for LDAP. SIP, HTTPS and XMPP have others beside them.
    Example: a CA file with the CRL of the CA that issued the certificates of the domain controllers.
    Remedy: a current CRL before this one ends.
    References: platform.md §2 and §6 (AG155-sec).
    """
    for case in ca_cases(context):
        for crl in case.revocation_lists:
            issuer = _issuer(case, crl)
            revoked = sum(map(len, crl.entries.values()))
            known = "is" if issuer else "is not"
            yield Hit(
                message=f"{case.upload.file_name} holds a CRL of {crl.issuer}, which LDAP goes by: {revoked} revoked; "
                f"its CA {known} in the list then",
                cause=(case.node.name, case.upload, crl.der),
                node=case.node.name,
                remedy=Remedy(before=(f"{page(case)}: upload the next CRL of {crl.issuer} before this one ends.",)),
                evidence=Evidence(
                    certificate=issuer,
                    expected="a current CRL",
                    found=f"until {crl.next_update:%Y-%m-%d}" if crl.next_update else "no next update",
                ),
                sources=[Source("platform.md §2: AG155-sec"), Source("platform.md §6: AG155-sec")],
            )


CRL_RULES = (crl_expired, crl_unreadable, holds_crl)
