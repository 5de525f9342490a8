"""Names: printed for people, compared as OpenSSL compares them."""

import openssl_oracle
import pytest

from expressway_certs.x509 import attribute_types, der, names
from expressway_certs.x509.attribute_types import is_named, unnamed_attributes


def attribute(kind: str, value: str, tag: int = der.UTF8_STRING, encoding: str = "utf-8") -> bytes:
    """Return one attribute's DER."""
    return der.encode(der.SEQUENCE, der.encode(der.OID, der.oid(kind)) + der.encode(tag, value.encode(encoding)))


def name(*rdns: bytes) -> bytes:
    """Return a name's DER; each RDN is the DER of its attributes."""
    return der.encode(der.SEQUENCE, b"".join(der.encode(der.SET, rdn) for rdn in rdns))


ORGANISATION, COMMON_NAME = "2.5.4.10", "2.5.4.3"
PLAIN = name(attribute(ORGANISATION, "Example Ltd"), attribute(COMMON_NAME, "Root CA"))


@pytest.mark.parametrize(
    "other",
    [
        name(attribute(ORGANISATION, "EXAMPLE ltd"), attribute(COMMON_NAME, "root CA")),
        name(attribute(ORGANISATION, "  Example \t Ltd "), attribute(COMMON_NAME, "Root\nCA")),
        name(attribute(ORGANISATION, "Example Ltd", der.PRINTABLE_STRING), attribute(COMMON_NAME, "Root CA")),
        name(attribute(ORGANISATION, "Example Ltd", der.BMP_STRING, "utf-16-be"), attribute(COMMON_NAME, "Root CA")),
        name(attribute(ORGANISATION, "Example Ltd", der.T61_STRING), attribute(COMMON_NAME, "Root CA", der.IA5_STRING)),
    ],
)
def test_case_space_and_string_type_do_not_count(other: bytes) -> None:
    """Names that differ in case, white space or string type are one name."""
    assert other != PLAIN
    assert names.canonical(other) == names.canonical(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        name(attribute(COMMON_NAME, "Root CA"), attribute(ORGANISATION, "Example Ltd")),
        name(attribute(ORGANISATION, "ExampleLtd"), attribute(COMMON_NAME, "Root CA")),
        name(attribute(ORGANISATION, "Example Ltd")),
        name(attribute(ORGANISATION, "Example Ltd") + attribute(COMMON_NAME, "Root CA")),
        name(attribute(ORGANISATION, "Example Ltd"), attribute(COMMON_NAME, "Root CÄ")),
    ],
)
def test_order_and_letters_count(other: bytes) -> None:
    """Names that differ in order, letters or grouping are two names."""
    assert names.canonical(other) != names.canonical(PLAIN)


def test_numeric_strings_are_compared_as_they_stand() -> None:
    """OpenSSL folds every string type but NumericString."""
    numeric, printable = (
        name(attribute("2.5.4.5", "12 34", tag)) for tag in (der.NUMERIC_STRING, der.PRINTABLE_STRING)
    )
    assert names.canonical(numeric) != names.canonical(printable)


def test_letters_outside_ascii_keep_their_case() -> None:
    """Only ASCII letters are folded."""
    upper, lower = (name(attribute(COMMON_NAME, text)) for text in ("ÄRGER", "ärger"))
    assert names.canonical(upper) != names.canonical(lower)


def test_attributes_of_one_rdn_have_no_order() -> None:
    """A set is a set, in whichever order its members were written."""
    one, two = attribute(ORGANISATION, "Example"), attribute(COMMON_NAME, "x")
    assert names.canonical(name(one + two)) == names.canonical(name(two + one))


def test_a_prefix_has_a_prefix_for_its_form() -> None:
    """What directory name constraints compare: the form of the first RDNs begins the form of the name."""
    assert names.canonical(PLAIN).startswith(names.canonical(name(attribute(ORGANISATION, "example  ltd"))))
    assert names.canonical(name()) == b""


def test_a_string_that_does_not_decode_equals_only_itself() -> None:
    """Octets that are no UTF-8 are compared as octets."""
    broken = name(
        der.encode(der.SEQUENCE, der.encode(der.OID, names.COMMON_NAME) + der.encode(der.UTF8_STRING, b"\xff"))
    )
    assert names.canonical(broken) == names.canonical(bytes(broken))
    assert "\N{REPLACEMENT CHARACTER}" in names.display(broken)


def test_a_name_prints_in_its_own_order() -> None:
    """The order is the certificate's, as Expressway's own pages show it."""
    assert names.display(PLAIN) == "O=Example Ltd, CN=Root CA"


def test_special_characters_are_escaped() -> None:
    """A comma in a value does not look like the end of it (RFC 4514)."""
    assert names.display(name(attribute(ORGANISATION, 'A, "B" + C'))) == 'O=A\\, \\"B\\" \\+ C'


def test_unknown_attributes_show_as_numbers_and_are_listed() -> None:
    """An attribute without a name shows as its OID, which is what breaks the SSH tunnels."""
    odd = name(attribute("1.3.6.1.4.1.6449.1.2.1.5.1", "x"), attribute(COMMON_NAME, "y"))
    assert names.display(odd) == "1.3.6.1.4.1.6449.1.2.1.5.1=x, CN=y"
    assert unnamed_attributes(odd) == ("1.3.6.1.4.1.6449.1.2.1.5.1",)


@pytest.mark.parametrize("arc", sorted(attribute_types._NAMED))
def test_openssl_names_the_same_attributes(arc: str) -> None:
    """In each arc of attribute types, and above its last number, OpenSSL has names for those listed and no others."""
    oids = [f"{arc}.{number}" for number in range(200)]
    assert [oid for oid in oids if is_named(oid)] == [oid for oid in oids if openssl_oracle.has_name(oid)]


@pytest.mark.parametrize("oid", ["2.5.4", "1.3.6.1.4.1.6449.1.2.1.5.1", "2.5.4.3.1", "0x0604", ""])
def test_other_attributes_have_no_name(oid: str) -> None:
    """What lies in no arc of attribute types is a number."""
    assert not is_named(oid)
