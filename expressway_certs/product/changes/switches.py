"""Changes of a switch of a node or a zone: a closed table, a row for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final, Literal

import attrs

from expressway_certs.product.changes.pages import CLUSTER_PAGE, UC_SERVERS_PAGE, ZONES_PAGE, on_each
from expressway_certs.product.changes.services import EXPRESSWAY, Restart, restarts_of
from expressway_certs.product.changes.step import Step
from expressway_certs.product.fields import is_name, texts
from expressway_certs.product.nodes import ClusterTls
from expressway_certs.product.provenance import Source
from expressway_certs.product.zones import MediaEncryption
from expressway_certs.x509.shown import shown
from expressway_certs.x509.typed import typed

SwitchName = Literal[
    "verify_origin_server",
    "server_eku_upload",
    "extended_key_usage_checking",
    "xcp_verification",
    "xcp_verify_hostname",
    "xcp_revocation_checking",
    "xcp_fail_on_inaccessible_source",
    "revocation_checking",
    "sip_prefers_rsa",
    "ecdsa_first",
    "ssh_key_types",
    "cluster_tls",
    "tls_verify",
    "client_auth_validation",
]
"""A switch of an `Expressway`, by the name of its field there; the last two are those of a `UcServer`."""

SwitchValue = bool | ClusterTls | tuple[str, ...]

UC_SWITCHES: Final = frozenset({"tls_verify", "client_auth_validation"})


@attrs.frozen
class _Row:
    """How a switch is set: ``{node}`` and ``{value}`` stand for what is given."""

    text: str
    source: Source


def _on_off(what: str, source: str) -> _Row:
    return _Row(f"On {{node}}: xConfiguration {what}: {{value}}", Source(source))


_XCP: Final = "XCP TLS Certificate CVS"
SWITCHES: Final[dict[str, _Row]] = {
    "verify_origin_server": _on_off("EdgeConfigServer VerifyOriginServer", "mra.md A2.1: 218018, RN14.2"),
    "server_eku_upload": _on_off(f"{_XCP} EnableServerEkuUpload", "platform.md §1.2: T-225482"),
    "extended_key_usage_checking": _on_off(
        "SIP TLS Certificate ExtendedKeyUsage Checking Mode", "platform.md §7: AG155-sec, AG155-ref, T-225693"
    ),
    "xcp_verification": _on_off(f"{_XCP} EnableCvs", "platform.md §6: AG155-ref"),
    "xcp_verify_hostname": _on_off(f"{_XCP} VerifyHostname", "platform.md §6: AG155-ref"),
    "xcp_revocation_checking": _on_off(f"{_XCP} CertificateRevocationCheck", "platform.md §6: AG155-ref"),
    "xcp_fail_on_inaccessible_source": _on_off(f"{_XCP} FailOnInaccessibleSource", "platform.md §6: AG155-ref"),
    "revocation_checking": _on_off("SIP TLS Certificate Revocation Checking Mode", "platform.md §6: AG155-ref"),
    "sip_prefers_rsa": _on_off("SIP Advanced TlsSignatureAlgoPrefRsa", "platform.md §4.3: T-225476, RN142"),
    "ecdsa_first": _Row("On {node}: {value} first in the cipher lists", Source("mra.md A2.1: 218018, 225476")),
    "ssh_key_types": _Row(
        "On {node}: xConfiguration Ciphers sshd_pfwd_pubkeyalgorithms Value: {value}",
        Source("platform.md §5: AG155-sec, AG155-ref"),
    ),
    "cluster_tls": _Row(
        f"On {{node}}: {CLUSTER_PAGE} > TLS verification mode: {{value}}", Source("platform.md §4.6: CL154, AG155-ref")
    ),
    "tls_verify": _Row(
        f"On every Expressway-C: {UC_SERVERS_PAGE} > {{node}}: TLS verify mode {{value}}",
        Source("mra.md A2.2: MRA-basic"),
    ),
    "client_auth_validation": _Row(
        "On {node}: utils tls client-auth-validation: {value}", Source("mra.md A3: CUCMCLI")
    ),
}
"""How each switch is set, and the source. Only the mode of a cluster is documented to want a restart."""

# `ECDHE-RSA-AES256-GCM-SHA384:` is what the sources prepend for RSA.
_CIPHERS: Final = {True: "ECDSA", False: "ECDHE-RSA-AES256-GCM-SHA384:"}


def _value(value: SwitchValue | Iterable[str] | str) -> SwitchValue:
    if isinstance(value, str):
        return ClusterTls(value)
    return value if isinstance(value, bool | ClusterTls) else tuple(value)


def _check_value(switch: str, value: object, kind: type) -> None:
    is_one = isinstance(value, kind)
    if not is_one:
        message = f"{shown(value)} is no value of {switch}"
        raise ValueError(message)


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetSwitch(Step):
    """Set a switch of an Expressway, or of a server behind it; see `SwitchName`.

    ``value`` is a bool; for "cluster_tls" a `ClusterTls` or "Permissive" or "Enforce", for "ssh_key_types" the types.
    Raises `ValueError` for another switch, or a value that is none of it.
    """

    sources: ClassVar[tuple[Source, ...]] = tuple(row.source for row in SWITCHES.values())

    node: str = attrs.field(validator=is_name)
    switch: SwitchName
    value: SwitchValue = attrs.field(converter=_value)

    def __attrs_post_init__(self) -> None:
        kind = {"cluster_tls": ClusterTls, "ssh_key_types": tuple}.get(self.switch, bool)
        _check_value(self.switch, self.value, kind)

    @property
    def steps(self) -> tuple[str, ...]:
        """The command, or the field of a page."""
        return (SWITCHES[self.switch].text.format(node=self.node, value=self._told),)

    @property
    def _told(self) -> str:
        if isinstance(self.value, ClusterTls):
            return self.value.value
        if isinstance(self.value, tuple):
            return ",".join(self.value)
        return _CIPHERS[self.value] if self.switch == "ecdsa_first" else ("On" if self.value else "Off")

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """The Expressway, for the mode of its cluster."""
        return restarts_of(self.node, EXPRESSWAY) if self.switch == "cluster_tls" else ()


ZoneSwitchName = Literal["tls_verify", "media_encryption"]
"""A switch of a `Zone`, by the name of its field there."""

_ZONE_SWITCHES: Final = {"tls_verify": "TLS verify mode", "media_encryption": "Media encryption mode"}


def _zone_value(value: bool | MediaEncryption | str) -> bool | MediaEncryption:  # noqa: FBT001 - On or Off
    return MediaEncryption(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True, field_transformer=typed)
class SetZoneSwitch(Step):
    """Set TLS verify mode (a bool) or Media encryption mode (a `MediaEncryption`) of a zone.

    ``on`` names the Expressways on which it is set, for the step. Raises `ValueError` for another switch or value.
    """

    sources: ClassVar[tuple[Source, ...]] = (Source("platform.md §4.1: AG155-uc, AG155-zone"),)

    zone: str = attrs.field(validator=is_name)
    switch: ZoneSwitchName
    value: bool | MediaEncryption = attrs.field(converter=_zone_value)
    on: tuple[str, ...] = attrs.field(default=(), converter=texts)

    def __attrs_post_init__(self) -> None:
        _check_value(self.switch, self.value, bool if self.switch == "tls_verify" else MediaEncryption)

    @property
    def steps(self) -> tuple[str, ...]:
        """The field on the zone's page."""
        where = on_each(self.on, "every Expressway of the zone")
        return (f"{where}: {ZONES_PAGE} > {self.zone}: {_ZONE_SWITCHES[self.switch]} {self.told}",)

    @property
    def told(self) -> str:
        """The value as the page shows it."""
        if isinstance(self.value, MediaEncryption):
            return self.value.value
        return "On" if self.value else "Off"
