"""Site files and snapshots with anything wrong in them: a value, or an error of this library that says where."""

import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from docs_files import docs_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leg_site import site
from profiles import PROFILE, examples
from site_errors import GOOD
from test_fuzz_loaders import CHANGES
from test_uc import snapshot

from expressway_certs import Deployment, LoadError, SiteError, load_uc_snapshot
from expressway_certs.sources.site.folder import MAX_SITE_BYTES, SITE_FILE, Written
from expressway_certs.sources.site.reading import read_site
from expressway_certs.sources.site.template import commented_site
from expressway_certs.sources.site.words import KEYS
from expressway_certs.sources.site.writing import site_files

NIGHTLY: Final = PROFILE == "nightly"
SECONDS: Final = 5.0
MEMORY: Final = 256 * 1024 * 1024
FILES: Final = site_files(site("X15.5"))
TEXTS: Final = (FILES[SITE_FILE], commented_site().replace("\n# ", "\n").encode(), GOOD.encode())
KEYWORDS: Final = sorted({key for table in KEYS.values() for key in table})
PIECES: Final = (
    *(f"\n{key} = " for key in KEYWORDS),
    *KEYWORDS,
    "\n[[expressways]]\n", "\n[zones]\n", "\n[[zones.far_ends]]\n", "[[", "]]", "[", "]", "{", "}", "=", ",", "#", ".",
    '"', '"""', "'''", "\\", "\r", "\t", "true", "1e999", "nan", "0x", "1979-05-27", "\\uD800", "\\U00110000", "../",
    "/etc", "-----BEGIN CERTIFICATE-----", "\0", "\ufeff", "\u202e", '"expc1.example.com"', "9" * 5000,
)  # fmt: skip


def ends_well(load: Callable[[], object], of: type[LoadError]) -> None:
    """Call a loader: a value, or the one kind of error, in one line that says where; in nightly within limits."""
    if NIGHTLY:
        tracemalloc.start()
    started = time.process_time()
    try:
        load()
    except LoadError as error:
        assert type(error) is of  # noqa: PT017 - a success is fine too
        assert error.where  # noqa: PT017
        assert error.found  # noqa: PT017
        assert str(error).isprintable()  # noqa: PT017
    finally:
        peak = tracemalloc.get_traced_memory()[1] if NIGHTLY else 0
        tracemalloc.stop()
    assert not NIGHTLY or (time.process_time() - started < SECONDS and peak < MEMORY)


def site_ends_well(text: bytes) -> None:
    """Load a site file beside the files of the good site, and what comes of it once more."""

    def load() -> None:
        loaded = read_site(Written({**FILES, SITE_FILE: text}), SITE_FILE, SITE_FILE)
        assert read_site(Written(site_files(loaded)), SITE_FILE, SITE_FILE) == loaded

    ends_well(load, SiteError)


@st.composite
def damaged(draw: st.DrawFn, texts: tuple[bytes, ...]) -> bytes:
    """Draw a text with a few places changed: as any file is damaged, or with a piece that means something."""
    data = bytearray(draw(st.sampled_from(texts)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        if draw(st.booleans()):
            data[at : at + draw(st.integers(0, 9))] = draw(st.sampled_from(PIECES)).encode("utf-8", "surrogatepass")
        else:
            draw(st.sampled_from(CHANGES))(draw, data, at)
    return bytes(data)


@settings(max_examples=examples(500), suppress_health_check=[HealthCheck.too_slow])
@given(damaged(TEXTS))
def test_damaged_site_files_end_well(text: bytes) -> None:
    """A site file with changed places loads, and can then be saved and loaded, or ends in SiteError."""
    site_ends_well(text)


@settings(max_examples=examples(300))
@given(st.lists(st.sampled_from([*PIECES, "\n", " ", "a", "1"]), max_size=30).map("".join))
def test_any_pieces_of_toml_end_well(text: str) -> None:
    """Keys, brackets and values in any order end in a value or in SiteError."""
    site_ends_well(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=examples(100))
@given(st.data())
def test_damaged_files_beside_end_well(data: st.DataObject) -> None:
    """A site whose certificate files are damaged loads or ends in SiteError with the line of their keys."""
    name = data.draw(st.sampled_from(sorted(FILES.keys() - {SITE_FILE})))
    changed = {**FILES, name: data.draw(damaged((FILES[name],)))}

    def load() -> None:
        read_site(Written(changed), SITE_FILE, SITE_FILE)

    ends_well(load, SiteError)


SNAPSHOT: Final = json.dumps(snapshot()).encode()
JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([SNAPSHOT.decode()[:90]]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["server", "identities", "trusts", "service", "certificate", "certificate_data", "certificates"]
            ),
            inner | st.sampled_from(["tomcat", "CallManager", "tomcat-trust"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(300))
@given(damaged((SNAPSHOT,)))
def test_damaged_snapshots_end_well(text: bytes) -> None:
    """A snapshot with changed places is a server, or ends in LoadError."""
    ends_well(lambda: load_uc_snapshot(text), LoadError)


@settings(max_examples=examples(200))
@given(JSON.map(lambda value: json.dumps(value).encode()))
def test_any_json_ends_well(text: bytes) -> None:
    """Any JSON, the API's words in it, is a server or ends in LoadError."""
    ends_well(lambda: load_uc_snapshot(text), LoadError)


def repeated(piece: bytes) -> bytes:
    """Return a piece over and over, up to the limit of a site file."""
    return (piece * (MAX_SITE_BYTES // len(piece) + 1))[:MAX_SITE_BYTES]


BOMBS: Final[dict[str, bytes]] = {
    "brackets": repeated(b"["),
    "lists in lists": b"a = " + repeated(b"[")[4:],
    "tables in tables": b"a = " + repeated(b"{a=")[4:],
    "a dotted key": repeated(b"a."),
    "a header of many parts": b"[" + repeated(b"a.")[1:],
    "headers": repeated(b"[[expressways]]\n"),
    "headers of many": b"".join(b"[a%d]\n" % number for number in range(90_000)),
    "keys": b"".join(b"k%d=1\n" % number for number in range(90_000)),
    "dotted keys of one table": b"".join(b"a.b.c.d.e.k%d=1\n" % number for number in range(50_000)),
    "a list of numbers": b"mra_domains = [" + repeated(b"1,")[16:-1] + b"]",
    "a list of texts": b"mra_domains = [" + repeated(b'"a",')[16:-1] + b"]",
    "a text": b'name = "' + repeated(b"a")[9:] + b'"',
    "escapes": b'name = "' + repeated(b"\\n")[10:] + b'"',
    "an open text": b'name = "' + repeated(b"a"),
    "an open long text": b'name = """' + repeated(b'a"')[10:],
    "comments": repeated(b"# [a.b]\n"),
    "quotes": repeated(b'"'),
    "a long number": b"name = " + repeated(b"9")[7:],
    "one file many times": b'[[webex_services]]\nname="w"\ntrusted_ca = [' + b'"a.pem",' * 30_000 + b"]",
    "nodes": b"".join(b'[[expressways]]\nname="n%d"\nrole="C"\n' % number for number in range(5_000)),
    "zones": b'[[expressways]]\nname="c"\nrole="C"\n' + b"".join(
        b'[[zones]]\nname="z%d"\nkind="DNS"\nnodes=["c"]\n' % number for number in range(4_000)
    ),
    "peers of nothing": b'[[expressways]]\nname="c"\nrole="C"\n' + b"".join(
        b'[[zones]]\nname="z%d"\ncore=["%d"]\nedge=["e"]\n' % (number, number) for number in range(4_000)
    ),
    "unknown keys": b"".join(b"name%d=1\n" % number for number in range(60_000)),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_hurt_takes_little(bomb: str) -> None:
    """A site file of up to the size limit is answered, whatever it nests or repeats, within bounded memory."""
    text = BOMBS[bomb][:MAX_SITE_BYTES]
    files = Written({SITE_FILE: text, "a.pem": FILES["expc1.example.com/trusted-ca.pem"]})
    tracemalloc.start()
    try:
        read_site(files, SITE_FILE, SITE_FILE)
    except SiteError as error:
        assert error.where  # noqa: PT017 - a success is fine too
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged((GOOD.encode(),)))
def test_the_disk_makes_no_difference(tmp_path: Path, text: bytes) -> None:
    """A damaged site on the disk ends as one in memory does."""
    docs_files(tmp_path)
    (tmp_path / "site.toml").write_bytes(text)
    ends_well(lambda: Deployment.load(tmp_path), SiteError)


def answers(load: Callable[[], Any]) -> str:
    """Return how a loader ends, in one word."""
    try:
        load()
    except LoadError:
        return "error"
    return "value"


def test_the_damage_is_not_always_fatal() -> None:
    """The good texts load: what the tests above draw are values as well as errors."""
    assert [
        answers(lambda text=text: read_site(Written({**FILES, SITE_FILE: text}), SITE_FILE, "x")) for text in TEXTS
    ] == [
        "value",
        "error",
        "value",
    ]
    assert answers(lambda: load_uc_snapshot(SNAPSHOT)) == "value"
