"""Rules for SIP registration: phone security profiles, SIP OAuth, and lookups that end at the wrong certificate."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import RefreshServers
from expressway_certs.product.legs import UC_LEGS, Ask
from expressway_certs.product.provenance import Source
from expressway_certs.rules import common, hits, remedies, requests
from expressway_certs.rules.faults import ChainFault
from expressway_certs.rules.finding import Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, Stage, rule


@rule("phone-profile-not-in-certificate", Severity.ERROR, Stage.MRA)
def profile_not_in_certificate(context: Context) -> Iterator[Hit]:
    """The name of an encrypted phone security profile is not in the certificate of Expressway-C.

    What it checks: every profile name of the deployment against the certificate that Unified CM sees; from X15.5 on
    the client certificate too, where the setting says so.
    Why it matters: Unified CM refuses phones with that profile (403), for it looks for the name.
    Example: a renewed certificate without Secure-EX90.example.com.
    Remedy: a new request with the names under "Unified CM phone security profile names"; or SIP OAuth.
    References: mra.md A2.4 (MRA-req, 213872, 211304), platform.md §3 and §11 C11.
    """
    for found in common.answers(context, UC_LEGS, Ask.PROFILE_NAMES):
        _, judgement, answer = found
        yield hits.asked(
            found,
            f"the {judgement.store} certificate of {judgement.presenter} lacks phone security profile names: "
            f"{answer.wanted}",
            Remedy(
                before=[f"Unified CM phone security profile names: {answer.wanted}"],
                changes=[requests.in_place_of(context, judgement, names=answer.wanted.split(", "))],
            ),
            node=judgement.presenter,
            cause=(judgement.certificate, answer.wanted),
            product_message="InvalidX509NameInCertificate Error , did not find matching SAN either",
            sources=[Source("mra.md A2.4: MRA-req, 213872"), Source("mra.md A4.4: 211304")],
        )


@rule("sip-oauth-name-not-registered", Severity.ERROR, Stage.MRA)
def oauth_name_not_registered(context: Context) -> Iterator[Hit]:
    """No name of Expressway-C is listed under Device > Expressway-C, which SIP OAuth looks for.

    What it checks: common name and alternative names against the list of each Unified CM, where it is given.
    Why it matters: the connection to port 5091 fails though the CAs are trusted.
    Example: a renewal that changed the common name, without a refresh of the servers on Expressway-C.
    Remedy: refresh the servers on Expressway-C, which enters its names.
    References: mra.md A2.4 and A4.3 (215572).
    """
    for found in common.answers(context, UC_LEGS, Ask.REGISTERED_NAME):
        _, judgement, _ = found
        yield hits.asked(
            found,
            f"{judgement.judge} does not list a name of {judgement.presenter} under Device > Expressway-C",
            Remedy(changes=[RefreshServers(node=judgement.presenter)]),
            node=judgement.judge,
            cause=(judgement.presenter, judgement.certificate),
            sources=[Source("mra.md A2.4: 215572"), Source("mra.md A4.3: 215572")],
        )


@rule("ca-hidden-by-namesake", Severity.ERROR, Stage.MODEL)
def hidden_by_namesake(context: Context) -> Iterator[Hit]:
    """A certificate in the Trusted CA list is not found, for another of the same subject stands above it.

    What it checks: whether a chain that is refused would do if the list were looked up by more than the subject.
    Why it matters: Expressway stops at the first certificate with the right subject; the other might not be there.
    By what OpenSSL was measured to do, key identifiers tell the two apart where the certificates have them: the
    setting ``same_subject_cas`` takes that side.
    Example: self-signed tomcat and CallManager certificates of one Unified CM, both with its name.
    Remedy: the one that is no longer needed out of the list; for Unified CM one certificate for both services, or
    certificates of a CA.
    References: platform.md §2 (T-213872), §10.2 and §11 C7, mra.md A2.3 (225476) and E.
    """
    if not any(one.verdict is not None for result in context.legs for one in result.judgements):
        raise NotApplicableError("no certificate was judged")
    for fault in context.faults.shadowed():
        judgement = fault.judgement
        subject = judgement.hidden_ca.subject if judgement.hidden_ca else ""
        choice = context.deployment.expressway(judgement.judge).settings.chosen("same_subject_cas")
        yield Hit(
            message=f"{judgement.judge} does not find a CA that is in its list: the first {subject} hides another",
            cause=(subject,),
            node=judgement.judge,
            leg=common.reference(fault.result),
            remedy=_found_again(context, fault),
            evidence=Evidence(
                certificate=judgement.certificate,
                code=fault.verdict.code,
                depth=fault.verdict.depth,
                expected="one certificate of that subject",
                found=f"several of the subject {subject}",
                explanation=fault.verdict.explanation,
            ),
            settings=[choice],
            sources=[Source("platform.md §2: T-213872"), Source("mra.md A2.3: 225476, MRA-req, 213872")],
        )


def _found_again(context: Context, fault: ChainFault) -> Remedy:
    """Return the list without the namesakes above, where nothing rests on them; else another certificate."""
    judgement = fault.judgement
    node, hidden = context.deployment.expressway(judgement.judge), judgement.hidden_ca
    if hidden is None:
        return Remedy()
    changes = remedies.without_namesakes(context, node, hidden)
    if changes:
        return Remedy(changes=changes)
    return Remedy(
        changes=[requests.in_place_of(context, judgement, not_from=[hidden.subject])],
        after=["Or, on Unified CM from 14 on, one certificate for tomcat and CallManager: Reuse Certificate"],
    )


REGISTRATION_RULES = (profile_not_in_certificate, oauth_name_not_registered)
LOOKUP_RULES = (hidden_by_namesake,)
