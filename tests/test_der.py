"""Reading DER: what goes in comes out, and anything else is one kind of error."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expressway_certs.x509 import der

ARCS = st.lists(st.integers(0, 2**70), min_size=0, max_size=6)


@given(st.sampled_from([der.OCTET_STRING, der.SEQUENCE, der.CONSTRUCTED | 3]), st.binary(max_size=70_000))
def test_what_is_encoded_is_read_back(tag: int, content: bytes) -> None:
    """A value of any length is found again, with its tag, between the right bounds."""
    value = der.encode(tag, content)
    found, start, stop = der.read(value, 0, len(value))
    assert (found, value[start:stop], stop) == (tag, content, len(value))


@given(st.integers(0, 2), st.integers(0, 39), ARCS)
def test_object_identifiers_round_trip(first: int, second: int, rest: list[int]) -> None:
    """An object identifier survives the way to octets and back."""
    text = ".".join(map(str, (first, second, *rest)))
    assert der.dotted(der.oid(text)) == text


@given(st.binary(max_size=64))
def test_no_bytes_end_in_another_error(data: bytes) -> None:
    """Bytes that are no DER end in DerError, whatever they are."""
    with suppress(der.DerError):
        for tag, start, content, stop in der.sequence(data):
            assert 0 < start < content <= stop <= len(data)
            assert tag == data[start]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut off"),
        (b"\x30", "cut off"),
        (b"\x30\x80\x00\x00", "indefinite"),
        (b"\x30\x85\x01\x00\x00\x00\x00", "too long"),
        (b"\x30\x82\x01", "cut off"),
        (b"\x30\x05\x00", "longer than what holds it"),
        (b"\x1f\xff\xff", "cut off"),
        (b"\x04\x01\x00", "tag 0x04 where 0x30 belongs"),
    ],
)
def test_broken_der_is_named(data: bytes, words: str) -> None:
    """The error says what is wrong with the bytes."""
    with pytest.raises(der.DerError, match=words):
        der.expect(data, 0, len(data), der.SEQUENCE)


def test_a_tag_number_above_30_is_passed_over() -> None:
    """A private tag of several bytes does not hide what follows it."""
    data = b"\x30\x07\xdf\x81\x01\x01\xff\x05\x00"
    assert [(tag, stop - content) for tag, _, content, stop in der.sequence(data)] == [(0xDF, 1), (der.OID - 1, 0)]


@pytest.mark.parametrize(
    ("content", "bits"), [(b"\x05\xa0", 0b101), (b"\x07\x80", 1), (b"\x00\x01\x80", 1 << 7 | 1 << 8), (b"\x00", 0)]
)
def test_named_bits_count_from_the_left(content: bytes, bits: int) -> None:
    """Named bit 0 is the first bit of the first octet (X.690)."""
    assert der.named_bits(content) == bits


def test_unused_bits_do_not_count() -> None:
    """Bits that a bit string says are unused are not set, even where they are."""
    assert der.bit_string(b"\x04\xff") == b"\xf0"


@pytest.mark.parametrize("content", [b"", b"\x08\x00"])
def test_a_malformed_bit_string_is_refused(content: bytes) -> None:
    """No octets, or more unused bits than an octet has, are an error."""
    with pytest.raises(der.DerError, match="bit string"):
        der.bit_string(content)


def test_unused_bits_of_nothing_are_nothing() -> None:
    """OpenSSL takes a count of unused bits without any octet after it."""
    assert der.bit_string(b"\x05") == b""


@pytest.mark.parametrize("content", [b"", b"\0\0", b"\0\x7f", b"\xff\xff", b"\xff\x80\x01"])
def test_a_padded_integer_is_refused(content: bytes) -> None:
    """An integer of no octet, or of one more than it needs, is an error."""
    with pytest.raises(der.DerError, match="integer"):
        der.integer(content)


def test_an_integer_of_the_octets_that_it_needs_is_read() -> None:
    """What looks like padding but is not is a part of the number; 0xff before zeros is, as OpenSSL has it."""
    numbers = [der.integer(content) for content in (b"\0\x80", b"\xff\x7f", b"\xff\0", b"\x80", b"\0")]
    assert numbers == [128, -129, -256, -128, 0]


@pytest.mark.parametrize("content", [b"\x80\x01", b"\x55\x80\x01", b"\x55\x81"])
def test_a_malformed_object_identifier_is_refused(content: bytes) -> None:
    """An arc that begins with zeros, or does not end, is an error."""
    with pytest.raises(der.DerError, match="object identifier"):
        der.dotted(content)


@pytest.mark.parametrize("value", ["010100ff", "01020000", "0200", "0308ff", "050100", "0600", "30"])
def test_a_value_that_is_not_one_of_its_kind_is_refused(value: str) -> None:
    """Where the tag says what a value is, the content must be that, and nothing may follow."""
    with pytest.raises(der.DerError):
        der.check(bytes.fromhex(value))
