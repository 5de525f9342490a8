"""Hostile archives and dumps: links, bombs, wrong sizes, and any bytes at all end in a value or in LoadError."""

import gzip
import io
import pickle
import random
import stat
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leg_site import site
from profiles import examples
from sites import AT
from test_fuzz_loaders import mutations_of

from expressway_certs import Deployment, LoadError, XConfiguration, load_diagnostics
from expressway_certs.sources.diagnostics import budget, names, status
from expressway_certs.sources.diagnostics.container import archive_files
from expressway_certs.testing.diagnostics import diagnostic_archive, diagnostic_files
from expressway_certs.testing.dump_noise import SECRETS

C1: Final = "expc1.example.com"
MEMORY: Final = 64 * 1024 * 1024


@cache
def files() -> dict[str, bytes]:
    """Return the files of one archive."""
    return diagnostic_files(C1, site("X15.5"), at=AT)


def name_of(start: str, end: str) -> str:
    """Return the name of one of the files."""
    return next(name for name in files() if name.startswith(start) and name.endswith(end))


@cache
def samples() -> tuple[bytes, ...]:
    """Return whole archives of either form, and a tar that is not compressed, so that what is inside is met too."""
    packed = diagnostic_archive(C1, site("X15.5"), at=AT)
    return packed, diagnostic_archive(C1, site("X15.5"), form="zip", at=AT), gzip.decompress(packed), stored()


def stored() -> bytes:
    """Return a ZIP archive whose files are not compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files().items():
            archive.writestr(name, data)
    return packed.getvalue()


def ends_well(load: Callable[[], object]) -> None:
    """Let something be read; only LoadError may come out, and it says where, and nothing secret."""
    try:
        found = load()
    except LoadError as error:
        assert error.found  # noqa: PT017 - a success is fine too
        assert error.where  # noqa: PT017 - the same
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: PT017, S301 - our own pickle
        assert not any(secret in str(error) for secret in SECRETS)  # noqa: PT017 - the same
    else:
        assert not any(secret in repr(found) for secret in SECRETS)


def load_bytes(data: bytes, folder: Path) -> Deployment:
    """Load an archive that lies in a file."""
    path = folder / "archive"
    path.write_bytes(data)
    return load_diagnostics(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for archives that change from example to example."""
    return tmp_path_factory.mktemp("archives")


@settings(max_examples=examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations_of(samples))
def test_damaged_archives_end_well(folder: Path, data: bytes) -> None:
    """Archives with changed places end in a deployment or in LoadError that says where."""
    ends_well(lambda: load_bytes(data, folder))


@settings(max_examples=examples(400))
@given(mutations_of(lambda: (files()[name_of("xconf", ".txt")], files()[name_of("xconf", ".xml")])))
def test_damaged_dumps_end_well(data: bytes) -> None:
    """Dumps with changed places end in a mapping, and that in an Expressway and zones, or in LoadError."""
    ends_well(lambda: (dump := XConfiguration.of(data, "dump"), dump.zones, dump.expressway()))


@settings(max_examples=examples(300))
@given(
    mutations_of(lambda: tuple(data for name, data in files().items() if name.startswith(("xstat", "ca_", "server_")))),
    st.sampled_from(("xstat_dump_a.txt", "xstat_dump_a.xml", "ca_a.pem", "server_a.pem", "client_a.pem")),
)
def test_damaged_files_of_an_archive_end_well(data: bytes, name: str) -> None:
    """A status, a list or a certificate with changed places, under any of their names, in a sound archive."""
    kept = {one: data for one, data in files().items() if one.startswith("xconf") or not name.startswith(one[:3])}
    packed = tar_of({**kept, name: data})
    ends_well(lambda: list(archive_files(io.BytesIO(packed), "archive", names.is_wanted)))
    ends_well(lambda: status.release_of(data, "status"))


@settings(max_examples=examples(100))
@given(st.binary(max_size=2000))
def test_any_bytes_end_well(data: bytes) -> None:
    """Bytes without any sense, as an archive, as what is in one, and as a dump."""
    for head in (b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", samples()[0][:40], samples()[2][:512]):
        ends_well(lambda: list(archive_files(io.BytesIO(head + data), "archive", names.is_wanted)))  # noqa: B023
    ends_well(lambda: list(archive_files(io.BytesIO(gzip.compress(data)), "archive", names.is_wanted)))
    ends_well(lambda: XConfiguration.of(data, "dump"))


def entry(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Return a header of a tar archive."""
    made = tarfile.TarInfo(name)
    made.size, made.type, made.linkname = size, kind, link
    return made


def header(name: str, size: int, kind: bytes) -> bytes:
    """Return the block of a header that no tool would write."""
    return entry(name, size, kind).tobuf(tarfile.GNU_FORMAT)[-512:]


def tar_of(contents: dict[str, bytes], *headers: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar.gz with files in it, and headers without a content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=form, compresslevel=1) as archive:
        for name, data in contents.items():
            archive.addfile(entry(name, len(data)), io.BytesIO(data))
        for one in headers:
            archive.addfile(one)
    return packed.getvalue()


def read(packed: bytes) -> dict[str, bytes]:
    """Return the wanted files of an archive."""
    return {file.name: file.data for file in archive_files(io.BytesIO(packed), "a.tar.gz", names.is_wanted)}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("prefix", ["", "./", "../../../etc/", "/etc/", "a" * 60 + "/" + "b" * 50 + "/"])
def test_names_are_looked_at_and_never_followed(form: int, prefix: str) -> None:
    """Whatever folder a name leads to, a file is known by what comes last, in each dialect of tar."""
    if form != tarfile.USTAR_FORMAT or len(prefix) < 100:
        packed = tar_of({f"{prefix}{name}": data for name, data in files().items()}, form=form)
        assert read(packed) == {name: data for name, data in files().items() if names.is_wanted(name)}


def test_long_names_of_tar_are_read() -> None:
    """Names that need an extended header, in the GNU dialect and in that of POSIX."""
    long = f"{'d' * 120}/ca_{'h' * 130}.pem"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert read(tar_of({long: b"x"}, form=form)) == {f"ca_{'h' * 130}.pem": b"x"}


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading an archive with names that lead out of its folder leaves every folder as it was."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "archive.tar.gz"
    path.write_bytes(tar_of({f"../{name}": data for name, data in files().items()}))
    monkeypatch.chdir(tmp_path / "in")
    assert load_diagnostics(path).expressways[0].name == C1
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["archive.tar.gz", "in"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_in_place_of_a_file_is_refused(kind: bytes) -> None:
    """A link under a wanted name: the error says so; under another name it is passed over."""
    with pytest.raises(LoadError, match=r"ca_expc1\.pem is a link in the archive"):
        read(tar_of({}, entry("ca_expc1.pem", kind=kind, link="/etc/shadow")))
    assert read(tar_of({"ca_a.pem": b"x"}, entry("other.txt", kind=kind, link="/etc/shadow"))) == {"ca_a.pem": b"x"}


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A link to a file outside is passed over, and so is one to a folder; a folder inside is looked into."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    (inside / "deeper").mkdir(parents=True)
    outside.mkdir()
    for name, data in files().items():
        (outside / name).write_bytes(data)
        (inside / name).symlink_to(outside / name)
    (inside / "link").symlink_to(outside)
    with pytest.raises(LoadError, match="no diagnostic log archive is in it"):
        load_diagnostics(inside)
    for name, data in files().items():
        (inside / "deeper" / name).write_bytes(data)
    assert load_diagnostics(inside).expressways[0].name == C1


def test_a_fifo_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A pipe in place of an archive is refused at once; one in a folder is passed over."""
    import os  # noqa: PLC0415 - for this one call

    os.mkfifo(tmp_path / "ca_a.pem")
    assert stat.S_ISFIFO((tmp_path / "ca_a.pem").stat().st_mode)
    with pytest.raises(LoadError, match="found a pipe, socket or device"):
        load_diagnostics(tmp_path / "ca_a.pem")
    with pytest.raises(LoadError, match="no diagnostic log archive is in it"):
        load_diagnostics(tmp_path)


@pytest.mark.parametrize("path", ["missing", "", "a\0b", "x" * 5000])
def test_a_path_that_leads_nowhere_is_told_of(path: str) -> None:
    """No file, no name, a name that no file can have."""
    with pytest.raises(LoadError, match="cannot be read"):
        load_diagnostics(path)


def zip_bomb() -> bytes:
    """Return a ZIP archive of a wanted file that unpacks to more than is read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ca_a.pem", bytes(budget.MAX_FILE + 1))
    return packed.getvalue()


def lying_zip() -> bytes:
    """Return a ZIP archive that gives a small size for a file that is large."""
    data = zip_bomb()
    return data.replace((budget.MAX_FILE + 1).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def many(count: int, name: str) -> bytes:
    """Return a tar.gz of so many files without content."""
    return gzip.compress(b"".join(header(name, 0, tarfile.REGTYPE) for _ in range(count)), 1)


def crowded_zip() -> bytes:
    """Return a ZIP archive of more files than may be in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(budget.MAX_ENTRIES + 1):
            archive.writestr(f"{number}.txt", b"")
    return packed.getvalue()


def wide_zip() -> bytes:
    """Return a ZIP archive that is nothing but a directory, of 17 MiB."""
    size = 17 * 2**20
    return b"PK" + bytes(size - 2) + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, size, 0, 0)


def locked_zip() -> bytes:
    """Return a ZIP archive that says that its file is encrypted."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ca_a.pem", b"x")
    data = packed.getvalue()
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + b"\x01\x00" + data[at + 2 :]


def lzma_zip() -> bytes:
    """Return a ZIP archive that is packed in a way whose dictionary may take any memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("ca_a.pem", b"x")
    return packed.getvalue()


def cut_off() -> bytes:
    """Return a tar.gz that ends in the middle."""
    return samples()[0][: len(samples()[0]) // 2]


BOMBS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "a list of CAs of 33 MiB": (
        lambda: tar_of({"ca_a.pem": bytes(budget.MAX_FILE + 1)}),
        "a file in it is too large: found more than 32 MiB",
    ),
    "a file that says it is of exabytes": (
        lambda: gzip.compress(header("ca_a.pem", 2**62, tarfile.REGTYPE)),
        "a file in it is too large",
    ),
    "five lists of CAs of 31 MiB": (
        lambda: tar_of({f"ca_{number}.pem": bytes(31 * 2**20) for number in range(5)}),
        "the files in it are too large: found more than 128 MiB",
    ),
    "a name of a gigabyte": (
        lambda: gzip.compress(header("x", 2**30, tarfile.GNUTYPE_LONGNAME) + bytes(2**20)),
        "the archive is damaged: found a name of 1073741824 bytes",
    ),
    "an extended header of a gigabyte": (
        lambda: gzip.compress(header("x", 2**30, tarfile.XHDTYPE) + bytes(2**20)),
        "the archive is damaged: found a name of 1073741824 bytes",
    ),
    "more files than there may be": (
        lambda: many(budget.MAX_ENTRIES + 1, "x.txt"),
        "too many files are in it: found more than 10000",
    ),
    "a ZIP archive of more files than there may be": (crowded_zip, "too many files are in it: found more than 10000"),
    "a ZIP archive that unpacks to much": (zip_bomb, "a file in it is too large: found more than 32 MiB"),
    "a ZIP archive that lies about a size": (lying_zip, "the archive is damaged"),
    "a ZIP archive that is all directory": (wide_zip, "too many files are in it: found a directory of 17825792 bytes"),
    "a ZIP archive with a password": (locked_zip, "the archive has a password: found an encrypted file"),
    "a ZIP archive packed otherwise": (lzma_zip, "a file is packed in a way that is not read here: found method 14"),
    "an archive that is cut off": (cut_off, "the archive is damaged: found its end too early"),
    "a tar that is cut off": (
        lambda: gzip.decompress(samples()[0])[:10_000],
        "the archive is cut off: found",
    ),
    "a tar.gz of text": (lambda: gzip.compress(b"hello" * 1000), "a header that is no tar header"),
    "text": (lambda: b"hello" * 1000, "no diagnostic log archive: found neither a tar.gz nor a ZIP archive"),
    "nothing": (lambda: b"", "no diagnostic log archive"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_hurt_is_refused_in_little_memory(bomb: str) -> None:
    """Each limit is met before memory is: the error says which, and where."""
    make, message = BOMBS[bomb]
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(LoadError) as caught:
            read(data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY * 3
    finally:
        tracemalloc.stop()
    assert message in str(caught.value)
    assert caught.value.where == "a.tar.gz"


def test_an_archive_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gzip that unpacks to ever more: what is past the limit is not unpacked any more."""
    assert budget.MAX_UNPACKED == 2 * 2**30
    monkeypatch.setattr(budget, "MAX_UNPACKED", 2**26)
    data = gzip.compress(header("big.pcap", 2**40, tarfile.REGTYPE)) + gzip.compress(bytes(2**24), 1) * 8
    with pytest.raises(LoadError, match="it is too large: found more than 0 GiB unpacked"):
        read(data)


def test_a_large_capture_is_passed_over() -> None:
    """A capture of 200 MB before the files costs no memory: it is read past in pieces."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        stream.write(header("eth0.pcap", 200 * 2**20, tarfile.REGTYPE))
        for _ in range(200):
            stream.write(bytes(2**20))
        stream.write(gzip.decompress(tar_of({"ca_a.pem": b"x"})))
    tracemalloc.start()
    assert read(packed.getvalue()) == {"ca_a.pem": b"x"}
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()


def hostile_texts() -> Iterator[str]:
    """Yield texts that parsers are slow on."""
    size = 2**21
    yield '*c xConfiguration A: "' + 'x" ' * (size // 3)
    yield "*c" + " " * size
    yield "*c xConfiguration A: " + " " * size
    yield ("*c " * (size // 3)) + "xConfiguration A: b"
    yield '*c xConfiguration A: "' + "\n" * size
    yield "\n".join([" " * 1000] * (size // 1000)) + '\n*c xConfiguration A: "b"'
    yield "*s SystemUnit: /\n  Software:\n" + "\n" * size
    yield "*s SystemUnit: /\n  Software: Version" + " " * size


@pytest.mark.parametrize("number", range(8))
def test_texts_that_are_made_to_be_slow_are_not(number: int) -> None:
    """A text of two megabytes takes as many steps as it is long, whatever is in it: it ends, within the test's time."""
    data = list(hostile_texts())[number].encode()
    ends_well(lambda: XConfiguration.of(data, "dump"))
    ends_well(lambda: status.release_of(data, "status"))


def test_random_archives_of_sound_parts_end_well(folder: Path) -> None:
    """Files of several hosts under names that change places: a deployment, or LoadError that says where."""
    rng = random.Random(6)
    pool = list(files().items())
    others = list(diagnostic_files("expe1.example.com", site(), at=AT).items())
    for _ in range(examples(20)):
        chosen = rng.sample(pool + others, rng.randint(1, len(pool + others)))
        shuffled = rng.sample([name for name, _ in chosen], len(chosen))
        contents = {name: data for name, (_, data) in zip(shuffled, chosen, strict=True)}
        ends_well(lambda: load_bytes(tar_of(contents), folder))  # noqa: B023
