"""Where the sources disagree: a named setting for each such row of the facts, with its sides and the default."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from expressway_certs.product.namesakes import BY_KEY_IDENTIFIER, Reading
from expressway_certs.product.provenance import Source
from expressway_certs.x509.shown import shown


@attrs.frozen(kw_only=True)
class Side:
    """One answer to an open question, and who gives it."""

    value: str
    source: Source


@attrs.frozen(kw_only=True)
class Conflict:
    """A question on which the sources disagree: its row in a table of the facts, its setting, and its sides."""

    row: str
    table: str = "platform.md §11"
    setting: str
    topic: str
    sides: tuple[Side, ...]

    @property
    def default(self) -> str:
        """The side that is taken where nobody chooses."""
        return self.sides[0].value


def _conflict(row: str, setting: str, topic: str, **sides: tuple[str, str | Source]) -> Conflict:
    listed = tuple(
        Side(value=value, source=key if isinstance(key, Source) else _source(f"platform.md §11 {row}", key))
        for value, key in sides.values()
    )
    return Conflict(row=row, setting=setting, topic=topic, sides=listed)


def _source(row: str, key: str) -> Source:
    """Return the source of a side; what the facts suggest there nobody has documented."""
    return Source(f"{row}: {key}", "own choice" if key.startswith("suggested ") else "documented")


_MEASURED: Final = Source("mra.md E", "inferred")


def _open_question(row: str, setting: str, topic: str, **sides: tuple[str, str]) -> Conflict:
    listed = tuple(Side(value=value, source=_source("mra.md D", key)) for value, key in sides.values())
    return Conflict(row=row, table="mra.md D", setting=setting, topic=topic, sides=listed)


CONFLICTS: Final = (
    _conflict(
        "C1",
        "common_name_in_verify",
        "whether a name that is the common name alone passes TLS verify",
        a=("warn", "suggested policy"),
        b=("refuse", "AG155-uc, AG155-zone"),
        c=("accept", "AG155-ref, AG155-maint"),
    ),
    _conflict(
        "C2",
        "revocation_fallback",
        "what a revocation source that cannot be reached means",
        a=("not known", "suggested policy"),
        b=("not revoked", "AG155-prot"),
        c=("revoked", "AG155-ref"),
    ),
    _conflict(
        "C3",
        "traffic_server_verifies_since",
        "the first release that verifies Unified CM on every request",
        a=("X14.0.8 possible", "suggested policy"),
        b=("X14.2", "T-218018, RN142"),
        c=("X14.0.8", "T-225476"),
    ),
    _conflict(
        "C4",
        "edge_server_only_on_x15_5",
        "a server certificate without client authentication on Expressway-E X15.5",
        a=("accept", "AG155-sec, T-225693"),
        b=("refuse", "AG155-uc"),
    ),
    _conflict(
        "C5",
        "eku_checking_off",
        "what ExtendedKeyUsage Checking Mode Off leaves",
        a=("serverAuth if present", "T-225693"),
        b=("nothing", "AG155-sec"),
    ),
    _conflict(
        "C6",
        "core_client_auth_store",
        "which certificate of Expressway-C needs client authentication on X15.5",
        a=("client", "AG155-sec, T-225693 case 2.1"),
        b=("server", "T-225693 prose"),
    ),
    _conflict(
        "C7",
        "same_subject_cas",
        "two CA certificates of one subject in the Trusted CA list",
        a=("first wins", "T-213872, CG155-load"),
        b=("refused", "T-218018"),
        c=(BY_KEY_IDENTIFIER, _MEASURED),
    ),
    _conflict(
        "C8",
        "long_alternative_names",
        "subject alternative names of more than 999 characters",
        a=("all count", "CG155-about"),
        b=("cut at 999", "T-213872"),
    ),
    _conflict(
        "C9",
        "untrusted_chain_upload",
        "a server certificate whose CA chain is not trusted, from X14.0 on",
        a=("refused", "CG155-load note, T-221624"),
        b=("warning", "CG155-load X8.10 list"),
    ),
    _conflict(
        "C10",
        "client_auth_sunset",
        "when Chrome's policy ends client authentication in public certificates",
        a=("2027-03", "FN74362 rev 1.2"),
        b=("2026-06", "FN74362 rev 1.0"),
    ),
    _conflict(
        "C11",
        "profile_names_store",
        "which certificate of Expressway-C needs the phone security profile names on X15.5",
        a=("both", "suggested policy"),
        b=("server", "CG155-uc"),
        c=("client", "T-225693"),
    ),
    _open_question(
        "traversal mutual or one-way",
        "traversal_verification",
        "whether Expressway-E asks Expressway-C for a certificate in a traversal zone",
        a=("mutual", "ADM-zones"),
        b=("one-way", "225482"),
    ),
    _open_question(
        "IP in SAN for UC servers",
        "uc_server_address_names",
        "whether the IP address of a server behind Expressway-C may stand in its certificate as an address",
        a=("warn", "suggested default"),
        b=("accept", "Cisco text"),
        c=("refuse", "ATS code"),
    ),
)
"""Every row of platform.md §11, and those rows of mra.md D that are not among them and decide a verdict."""

_BY_SETTING: Final = {conflict.setting: conflict for conflict in CONFLICTS}


def _known_side(_settings: Settings, attribute: attrs.Attribute[str], value: str) -> None:
    sides = [side.value for side in _BY_SETTING[attribute.name].sides]
    if value not in sides:
        message = f"{attribute.name} is one of {', '.join(map(repr, sides))}, not {shown(value)}"
        raise ValueError(message)


@attrs.frozen(kw_only=True)
class Settings:
    """Which side is taken where the sources disagree (platform.md §11, mra.md D); `ValueError` for another word.

    >>> Settings(untrusted_chain_upload="warning").untrusted_chain_upload
    'warning'
    >>> print(Settings().chosen("untrusted_chain_upload"))
    untrusted_chain_upload='refused' (platform.md §11 C9; other sources say 'warning')
    """

    common_name_in_verify: Literal["warn", "refuse", "accept"] = attrs.field(default="warn", validator=_known_side)
    revocation_fallback: Literal["not known", "not revoked", "revoked"] = attrs.field(
        default="not known", validator=_known_side
    )
    traffic_server_verifies_since: Literal["X14.0.8 possible", "X14.2", "X14.0.8"] = attrs.field(
        default="X14.0.8 possible", validator=_known_side
    )
    edge_server_only_on_x15_5: Literal["accept", "refuse"] = attrs.field(default="accept", validator=_known_side)
    eku_checking_off: Literal["serverAuth if present", "nothing"] = attrs.field(
        default="serverAuth if present", validator=_known_side
    )
    core_client_auth_store: Literal["client", "server"] = attrs.field(default="client", validator=_known_side)
    same_subject_cas: Reading = attrs.field(default="first wins", validator=_known_side)
    long_alternative_names: Literal["all count", "cut at 999"] = attrs.field(default="all count", validator=_known_side)
    untrusted_chain_upload: Literal["refused", "warning"] = attrs.field(default="refused", validator=_known_side)
    client_auth_sunset: Literal["2027-03", "2026-06"] = attrs.field(default="2027-03", validator=_known_side)
    profile_names_store: Literal["both", "server", "client"] = attrs.field(default="both", validator=_known_side)
    traversal_verification: Literal["mutual", "one-way"] = attrs.field(default="mutual", validator=_known_side)
    uc_server_address_names: Literal["warn", "accept", "refuse"] = attrs.field(default="warn", validator=_known_side)

    def chosen(self, setting: str) -> Chosen:
        """Return a setting with its value, for a finding that rests on it; `KeyError` for none of that name."""
        return Chosen(conflict=_BY_SETTING[setting], value=getattr(self, setting))


@attrs.frozen(kw_only=True)
class Chosen:
    """The side that was taken of a conflict."""

    conflict: Conflict
    value: str

    @property
    def setting(self) -> str:
        """The name of the setting."""
        return self.conflict.setting

    def __str__(self) -> str:
        others = [repr(side.value) for side in self.conflict.sides if side.value != self.value]
        row = f"{self.conflict.table} {self.conflict.row}"
        return f"{self.setting}={self.value!r} ({row}; other sources say {' or '.join(others)})"
