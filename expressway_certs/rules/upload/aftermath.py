"""What has to be done once the page has taken the file."""

from __future__ import annotations

from collections.abc import Iterator

from expressway_certs.product.changes import Restart
from expressway_certs.product.provenance import Source
from expressway_certs.rules.finding import Effect, Hit, Severity
from expressway_certs.rules.rule import Context, NotApplicableError, NotRunError, Rule, Stage, rule
from expressway_certs.rules.upload.common import certificates, hit
from expressway_certs.rules.upload.format import FORMAT_RULES
from expressway_certs.rules.upload.key import KEY_RULES
from expressway_certs.rules.upload.name import NAME_RULES
from expressway_certs.rules.upload.trust import TRUST_RULES
from expressway_certs.rules.upload.usage import USAGE_RULES

_RESTART_ALARM = 15028
_MAY_REFUSE = tuple(
    one for one in (*FORMAT_RULES, *TRUST_RULES, *KEY_RULES, *NAME_RULES, *USAGE_RULES) if Effect.REFUSED in one.effects
)


@rule("upload-needs-restart", Severity.INFO, Stage.UPLOAD, Effect.ALARM)
def needs_restart(context: Context) -> Iterator[Hit]:
    """A new certificate is not in use before Expressway has been restarted.

    What it checks: nothing; it is so after every upload that the page takes.
    Why it matters: until the restart the old certificate is shown, and alarm 15028 stands.
    Example: a renewal that seems to change nothing.
    Remedy: restart, one peer after the other; export the SAML metadata again where single sign-on uses it.
    References: platform.md §1.1 and §9, alarms 15028 and 35016 (AG155-ref).
    """
    refused = _refused(context)
    for case, _ in certificates(context):
        if case.upload in refused:
            continue
        yield hit(
            context,
            case,
            f"{case.node.name} shows {case.upload.file_name} only after a restart",
            "In a cluster restart one peer after the other.",
            "Where single sign-on is in use: export the SAML metadata again (alarm 35016).",
            effect=Effect.ALARM,
            alarm=_RESTART_ALARM,
            changes=[Restart(node=case.node.name)],
            sources=[Source("platform.md §1.1: AG155-ref"), Source("platform.md §9: AG155-ref")],
        )


def _refused(context: Context) -> set[object]:
    """Return the uploads that the page refuses."""
    hits = (one for check in _MAY_REFUSE for one in _hits(check, context))
    return {upload for one in hits if one.effect is Effect.REFUSED for upload in one.cause[1:]}


def _hits(check: Rule, context: Context) -> list[Hit]:
    try:
        return list(check.check(context))
    except (NotApplicableError, NotRunError):
        return []


@rule("upload-shared-with-peer", Severity.WARNING, Stage.UPLOAD, Effect.LATER)
def shared_with_peer(context: Context) -> Iterator[Hit]:
    """The same certificate is in place on another node.

    What it checks: the certificates of the other Expressways in the deployment.
    Why it matters: one certificate and key on several peers works, and is discouraged: one lost key is lost for all.
    Example: a cluster certificate uploaded on every peer.
    Remedy: a request and a certificate for each peer.
    References: platform.md §1.1 (CL154, T-213872).
    """
    for case, certificate in certificates(context):
        nodes = (node for node in context.deployment.nodes if node.name != case.node.name)
        others = [node.name for node in nodes if certificate in {node.server_certificate, node.client_certificate}]
        if not others:
            continue
        yield hit(
            context,
            case,
            f"{case.upload.file_name} is the certificate of {' and '.join(others)} too",
            f"Make a request on {case.node.name} itself, and upload what the CA issues for it.",
            expected="a certificate for each peer",
            found=f"in place on {', '.join(others)}",
            effect=Effect.LATER,
            sources=[Source("platform.md §1.1: CL154, T-213872")],
        )


AFTERMATH_RULES = (needs_restart, shared_with_peer)
