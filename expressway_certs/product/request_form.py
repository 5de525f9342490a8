"""What is filled in on the page Generate CSR (platform.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, TypedDict, get_args

import attrs

from expressway_certs.product.fqdn import is_address
from expressway_certs.x509.request_building import CURVES, Digest
from expressway_certs.x509.shown import shown

CommonName = Literal["FQDN of Expressway", "FQDN of Expressway cluster"]
AlternativeNames = Literal["None", "FQDN of Expressway cluster plus FQDNs of all peers in the cluster"]
DomainFormat = Literal["DNS", "CollabEdgeDNS"]
XmppFormat = Literal["DNS", "XMPPAddress"]
KeyAlgorithm = Literal["RSA", "ECDSA"]

KEY_LENGTHS: Final[dict[KeyAlgorithm, tuple[int, ...]]] = {"RSA": (4096, 2048), "ECDSA": tuple(CURVES)}
"""The key lengths of the page, the one that is taken where nothing is said first (own choice)."""

# RFC 5280, appendix A.1: the upper bounds of the attributes of a name.
_LONGEST: Final = {"province": 128, "locality": 128, "organization": 64, "organizational_unit": 64, "email": 255}
_COUNTRY: Final = 2


class RequestOptions(TypedDict, total=False):
    """The fields of the page Generate CSR, with its own words for what is chosen; all may be left out.

    ``common_name``: "FQDN of Expressway" by default. ``alternative_names`` None: the cluster and its peers for a node
    of a cluster, else "None". ``additional_names``: names, or a text of names with commas between them; None: what the
    zones of the deployment ask for and no other field gives. The formats are for the rows that the page of a node has:
    registration domains and federation on Expressway-E, chat node aliases on both. ``key_length`` in bits: 4096 or
    2048 for "RSA", the default; 256, 384 or 521 for "ECDSA". ``digest``: "SHA-256" by default. The fields of the
    subject are left out where None; ``country`` is a code of two letters.
    """

    common_name: CommonName
    alternative_names: AlternativeNames | None
    additional_names: Iterable[str] | None
    mra_domain_format: DomainFormat
    xmpp_domain_format: XmppFormat
    chat_alias_format: XmppFormat
    key_algorithm: KeyAlgorithm
    key_length: int | None
    digest: Digest
    country: str | None
    province: str | None
    locality: str | None
    organization: str | None
    organizational_unit: str | None
    email: str | None


def _texts(values: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(values, str):
        return tuple(part.strip() for part in values.split(",") if part.strip())
    return None if values is None else tuple(values)


def _one_of(choices: object) -> Callable[[object, attrs.Attribute[Any], object], None]:
    known = get_args(choices)

    def check(_form: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value not in known:
            listed = " or ".join(map(repr, known))
            raise ValueError(f"{attribute.name} is {listed} on the page Generate CSR, not {shown(value)}")

    return check


def _is_offered_digest(_form: RequestForm, _attribute: attrs.Attribute[str], value: str) -> None:
    if value not in get_args(Digest):
        gone = "; SHA-1 cannot be chosen since X8.10" if str(value).replace("-", "").lower() == "sha1" else ""
        raise ValueError(f"the digest is {', '.join(get_args(Digest))}, not {shown(value)}{gone}")


def offered_length(algorithm: KeyAlgorithm, length: int) -> int:
    """Return ``length`` where the page offers keys of it; `ValueError` otherwise."""
    offered = KEY_LENGTHS[algorithm]
    if length not in offered:
        raise ValueError(f"the page offers {algorithm} keys of {' or '.join(map(str, offered))} bits, not {length}")
    return length


def _is_offered_length(form: RequestForm, _attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None:
        offered_length(form.key_algorithm, value)


def _fits(_form: RequestForm, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    longest = _LONGEST[attribute.name]
    if value is not None and not 0 < len(value) <= longest:
        raise ValueError(f"{attribute.name} has 1 to {longest} characters, not {len(value)}; None leaves it out")


def _is_country(_form: RequestForm, _attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None and not (len(value) == _COUNTRY and value.isascii() and value.isalpha()):
        raise ValueError(f"country is a code of two letters, such as NO, not {shown(value)}")


def _is_mail_address(form: RequestForm, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    _fits(form, attribute, value)
    if value is not None and not (value.isascii() and "@" in value):
        raise ValueError(f"email is an address in ASCII, not {shown(value)}")


def _are_names(_form: RequestForm, _attribute: attrs.Attribute[Any], value: tuple[object, ...] | None) -> None:
    for name in value or ():
        if not isinstance(name, str):
            raise TypeError(f"an additional name is a text, not {type(name).__name__}")
        if is_address(name):
            raise ValueError(f"{name} is an IP address, which Expressway takes in no certificate; give an FQDN")


@attrs.frozen(kw_only=True)
class RequestForm:
    """The page as it was filled in (see `RequestOptions`); `ValueError` for what it does not offer."""

    common_name: CommonName = attrs.field(default="FQDN of Expressway", validator=_one_of(CommonName))
    alternative_names: AlternativeNames | None = attrs.field(
        default=None, validator=attrs.validators.optional(_one_of(AlternativeNames))
    )
    additional_names: tuple[str, ...] | None = attrs.field(default=None, converter=_texts, validator=_are_names)
    mra_domain_format: DomainFormat = attrs.field(default="DNS", validator=_one_of(DomainFormat))
    xmpp_domain_format: XmppFormat = attrs.field(default="DNS", validator=_one_of(XmppFormat))
    chat_alias_format: XmppFormat = attrs.field(default="DNS", validator=_one_of(XmppFormat))
    key_algorithm: KeyAlgorithm = attrs.field(default="RSA", validator=_one_of(KeyAlgorithm))
    key_length: int | None = attrs.field(default=None, validator=_is_offered_length)
    digest: Digest = attrs.field(default="SHA-256", validator=_is_offered_digest)
    country: str | None = attrs.field(default=None, validator=_is_country)
    province: str | None = attrs.field(default=None, validator=_fits)
    locality: str | None = attrs.field(default=None, validator=_fits)
    organization: str | None = attrs.field(default=None, validator=_fits)
    organizational_unit: str | None = attrs.field(default=None, validator=_fits)
    email: str | None = attrs.field(default=None, validator=_is_mail_address)

    @classmethod
    def filled_in(cls, options: RequestOptions) -> RequestForm:
        """Return the form with ``options``; `TypeError` for a field that there is not."""
        known = [field.name for field in attrs.fields(cls)]
        unknown = sorted(options.keys() - set(known))
        if unknown:
            raise TypeError(f"the page has no field {' or '.join(unknown)}; there are {', '.join(known)}")
        return cls(**options)

    def subject(self, common_name: str) -> tuple[tuple[str, str], ...]:
        """Return the subject that the fields make, in the usual order, as pairs of label and text."""
        fields = (
            ("C", self.country and self.country.upper()),
            ("ST", self.province),
            ("L", self.locality),
            ("O", self.organization),
            ("OU", self.organizational_unit),
            ("CN", common_name),
            ("emailAddress", self.email),
        )
        return tuple((label, value) for label, value in fields if value is not None)
