"""Text out of certificates: made visible, never obeyed."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import HARMLESS, HOSTILE

from expressway_certs.show.escape import plain, write


def test_a_hostile_name_is_shown_as_it_is() -> None:
    """Escape sequences, bidi controls, line breaks and the bell are written out; markup is left as it stands."""
    assert plain(HOSTILE) == HARMLESS


@pytest.mark.parametrize("text", ["expe1.example.com", "Ærø Telefon A/S", "例え", "a\\b > c", ""])
def test_what_people_read_stays(text: str) -> None:
    """Letters of any script, punctuation and single spaces are left alone."""
    assert plain(text) == text


@pytest.mark.parametrize(
    "character", ["\u200b", "\u2028", "\u2066", "\ufeff", "\ud800", "\xa0", "\x00", "\x85", "\U000e0041"]
)
def test_what_cannot_be_seen_is_written_out(character: str) -> None:
    """Characters of no width, separators, isolates, lone surrogates and tags."""
    assert plain(f"a{character}b") == "a{}b".format(character.encode("unicode_escape").decode("ascii"))


@given(st.text(st.characters()))
def test_nothing_gets_through(text: str) -> None:
    """No character of a control, format, surrogate or separator category is left, but for the space."""
    assert {unicodedata.category(one) for one in plain(text) if one != " "}.isdisjoint(
        {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    )


@pytest.mark.parametrize(("encoding", "written"), [("ascii", b"caf\\xe9 \\u2192\n"), ("latin-1", b"caf\xe9 \\u2192\n")])
def test_a_poor_encoding_is_no_error(encoding: str, written: bytes) -> None:
    """What the output cannot hold is written as an escape."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write("café \u2192", file)
    file.flush()
    assert raw.getvalue() == written
