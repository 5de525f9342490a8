"""Rules for the page Maintenance > Security > Trusted CA certificate: the file, and the list afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from expressway_certs.product.changes import Restart
from expressway_certs.product.provenance import Confidence, Source
from expressway_certs.rules import remedies
from expressway_certs.rules.ca_list.common import ca_cases, page, without
from expressway_certs.rules.cases import CaUploadCase
from expressway_certs.rules.finding import Effect, Evidence, Hit, Remedy, Severity
from expressway_certs.rules.rule import Context, Stage, rule
from expressway_certs.x509.files.report import FileKind

MOST_CAS: Final = 1000
"""How many CA certificates the list takes (platform.md §2: CG155-load, AG155-sec)."""

# These may be PEM, and are no certificate.
_NO_CERTIFICATE: Final = frozenset(
    (FileKind.CRL, FileKind.REQUEST, FileKind.PRIVATE_KEY, FileKind.ENCRYPTED_PRIVATE_KEY, FileKind.PUBLIC_KEY)
)


@rule("ca-list-not-pem", Severity.ERROR, Stage.CA_LIST, Effect.REFUSED, Effect.NOT_KNOWN)
def not_pem(context: Context) -> Iterator[Hit]:
    """A file that is not PEM certificates is refused.

    What it checks: whether the file is one or more certificates in PEM (Base-64), whatever its name ends in; lines
    between the blocks, as "Show all (PEM file)" writes them, do no harm.
    Why it matters: the page takes no DER, PKCS#7 or PKCS#12 file. The other findings are about what is in the file.
    Example: the .p7b chain that a Windows CA hands out.
    Remedy: the PEM that this library makes of the file, or "Base-64 encoded" in the Windows export wizard.
    References: platform.md §1.1 and §2.
    """
    for case in ca_cases(context):
        if case.is_pem:
            continue
        report, name = case.file, case.upload.file_name
        steps = [f"Export {name} again as Base-64 encoded (PEM), or ask the CA for that format."]
        if report.certificates:
            steps = [f"Make PEM of it: {remedies.identify_command(name)} (or export as Base-64)"]
        sureness: Confidence = "inferred" if report.kind in _NO_CERTIFICATE else "documented"
        yield Hit(
            message=f"{name} is {remedies.in_words(report)}",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=_remedy(context, case, *steps, f"{page(case)} > Append CA certificate"),
            evidence=Evidence(
                certificate=next(iter(report.certificates), None),
                expected="PEM certificates",
                found=report.kind.value,
            ),
            # Whether a file of CRLs alone is refused, or just adds nothing, is told nowhere.
            effect=Effect.NOT_KNOWN if report.kind is FileKind.CRL else Effect.REFUSED,
            sources=[Source("platform.md §1.1: CG155-load, T-221624", sureness)],
        )


@rule("ca-list-holds-key", Severity.WARNING, Stage.CA_LIST, Effect.NOT_KNOWN)
def holds_key(context: Context) -> Iterator[Hit]:
    """There is a private key in a file of CA certificates.

    What it checks: whether a private key stands among the certificates.
    Why it matters: whoever gets at the file has the key, and what the page does with it is not documented.
    Example: the file that a web server's "combined" certificate is kept in.
    Remedy: the PEM without the key; where the file was passed round, a new key.
    References: platform.md §2 and §12; own choice.
    """
    for case in ca_cases(context):
        name = case.upload.file_name
        if case.file.kind is FileKind.CERTIFICATE_AND_KEY:
            yield Hit(
                message=f"{name} holds a private key beside the certificates",
                cause=(case.node.name, case.upload),
                node=case.node.name,
                remedy=_remedy(
                    context,
                    case,
                    f"Make a file without the key: {remedies.identify_command(name)}",
                    f"{page(case)} > Choose file > new.pem > Append CA certificate",
                ),
                evidence=Evidence(expected="certificates alone", found=case.file.kind.value),
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §12", "own choice")],
            )


@rule("ca-list-too-long", Severity.ERROR, Stage.CA_LIST, Effect.NOT_KNOWN)
def too_long(context: Context) -> Iterator[Hit]:
    """The list takes 1000 CA certificates and no more.

    What it checks: how many there would be with those that the file adds.
    Why it matters: the guides name the limit. What the page does beyond it is not documented.
    Example: the roots of a whole operating system, appended twice in different years.
    Remedy: the CA certificates that are needed, alone.
    References: platform.md §2 (CG155-load, AG155-sec).
    """
    for case in ca_cases(context):
        if len(case.after) > MOST_CAS:
            yield Hit(
                message=f"with {case.upload.file_name} the list would hold {len(case.after)} certificates",
                cause=(case.node.name, case.upload),
                node=case.node.name,
                remedy=Remedy(
                    before=(
                        f"{page(case)}: upload the CA certificates of your own peers alone.",
                        f"{page(case)} > Delete what is not needed.",
                    ),
                    changes=without(context, case, *case.new),
                ),
                evidence=Evidence(expected=f"at most {MOST_CAS}", found=str(len(case.after))),
                effect=Effect.NOT_KNOWN,
                sources=[Source("platform.md §2: CG155-load, AG155-sec")],
            )


@rule("ca-list-already-there", Severity.INFO, Stage.CA_LIST)
def already_there(context: Context) -> Iterator[Hit]:
    """Some of the certificates are in the list already.

    What it checks: certificates of the file that are in the list, byte for byte, or stand in the file twice.
    Why it matters: the page appends new ones alone, so these change nothing, nor does their order in the file.
    Example: the whole chain uploaded again, with one new intermediate.
    Remedy: none is needed.
    References: platform.md §2 (CG155-load, AG155-sec).
    """
    for case in ca_cases(context):
        given, added = len(case.file.certificates), len(case.new)
        if given == added:
            continue
        held = next((one for one in case.file.certificates if one in case.node.trusted_ca), case.file.certificates[0])
        yield Hit(
            message=f"{given - added} of {given} certificates in {case.upload.file_name} are there already, or twice",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(before=("Nothing is to be done: the page appends what is new.",)),
            evidence=Evidence(certificate=held, expected="certificates that are new", found=f"{added} of {given}"),
            sources=[Source("platform.md §2: CG155-load, AG155-sec")],
        )


@rule("ca-list-afterwards", Severity.INFO, Stage.CA_LIST)
def afterwards(context: Context) -> Iterator[Hit]:
    """What the list looks like afterwards.

    What it checks: how many certificates the file adds, how many are there already, and how many there are then.
    Why it matters: the page appends, so that new ones stand below the old, and nothing is replaced. The list is a
    peer's own, and a change of it wants a restart.
    Example: a chain of two in a list of three, of which it has the root: two roots and two intermediates.
    Remedy: the same file on the other peers, and the restart.
    References: platform.md §2 (CG155-load, AG155-sec, T-213872, T-225693) and §1.1 (AG155-uc).
    """
    for case in ca_cases(context):
        given, added, held = len(case.file.certificates), len(case.new), len(case.node.trusted_ca)
        if not given:
            continue
        peers = [f"On {name}: {remedies.TRUSTED_CA_PAGE}: the same file." for name in _other_peers(context, case)]
        restart = [Restart(node=case.node.name)] if added else []
        idle = ("Nothing is to be done.",) if not peers and not restart else ()
        yield Hit(
            message=f"{case.upload.file_name}: {added} new, {given - added} there already or twice; the list of "
            f"{case.node.name} has {held} and then {held + added}, the new ones at its end",
            cause=(case.node.name, case.upload),
            node=case.node.name,
            remedy=Remedy(before=(*peers, *idle), changes=restart),
            evidence=Evidence(
                certificate=next(iter(case.new), None), expected=f"{held} certificates", found=f"{held + added}"
            ),
            sources=[
                Source("platform.md §2: CG155-load, AG155-sec"),
                Source("platform.md §2: T-213872, T-225693"),
                Source("platform.md §1.1: AG155-uc"),
            ],
        )


def _remedy(context: Context, case: CaUploadCase, *words: str) -> Remedy:
    """Return the remedy with another file; its last words are for a file that does not wait, which no change loads."""
    changes = without(context, case)
    return Remedy(before=words[:-1] if changes else words, changes=changes)


def _other_peers(context: Context, case: CaUploadCase) -> list[str]:
    """Return the other peers of the node's clusters that lack something of what is added."""
    sides = [side for zone in context.deployment.zones for side in (zone.core, zone.edge)]
    mine = [side for side in sides if any(peer.name == case.node.name for peer in side)]
    others = {peer.name: peer for side in mine for peer in side if peer.name != case.node.name}
    return [name for name, peer in others.items() if any(one not in peer.trusted_ca for one in case.new)]


FILE_RULES = (not_pem, holds_key, too_long)
AFTERWARDS_RULES = (already_there, afterwards)
