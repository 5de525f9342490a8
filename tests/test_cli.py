"""The command, run as a user runs it: what it prints, and its exit status."""

import doctest
import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_samples import AT, HARMLESS, hostile_leaf

import expressway_certs
from expressway_certs import Certificate, cli
from expressway_certs.show.schema import REPORT_SCHEMA, VERDICT_JSON_SCHEMA
from expressway_certs.testing import CertificateFactory

FOLDER: Final = Path(next(iter(expressway_certs.__path__))).parent
COMMAND: Final = (sys.executable, "-m", "expressway_certs")
PLAIN: Final = {
    key: value
    for key, value in os.environ.items()
    if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED"}
} | {
    "PYTHONPATH": str(FOLDER),
    "PYTHONIOENCODING": "utf-8",
}
COLOUR: Final = re.compile(r"\x1b\[")


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the current folder and return what it printed and how it ended."""
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, env=PLAIN | environment)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def run_on_a_terminal(*arguments: str) -> str:
    """Run the command on a terminal and return what it sent there."""
    ours, theirs = pty.openpty()
    environment = PLAIN | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([*COMMAND, *arguments], stdout=theirs, env=environment) as process:
        os.close(theirs)
        parts = []
        while part := read(ours):
            parts.append(part)
    os.close(ours)
    assert process.returncode == 1
    return b"".join(parts).decode("utf-8")


def read(terminal: int) -> bytes:
    """Return what a terminal has to say; nothing where its other end is closed, which Linux tells by an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.fixture(autouse=True)
def usual_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody's terminal say how wide the lines are; pytest-xdist tells its workers the width of one."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def files(sample_files: Path) -> Path:
    """Return the folder with the files of the docs, which is the current one."""
    return sample_files


def test_version() -> None:
    """It is that of the package."""
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"expressway_certs {expressway_certs.__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [("--help",), *((command, "--help") for command in ("audit", "init", "verify", "identify", "probe"))],
)
def test_help_tells_the_exit_status(arguments: tuple[str, ...]) -> None:
    """Each page of help ends with what the exit status means, in ASCII."""
    done = run(*arguments, PYTHONIOENCODING="ascii", LANG="C")
    assert done.returncode == 0
    assert [line[:4] for line in done.stdout.splitlines()[-4:]] == ["exit", "  0 ", "  1 ", "  2 "]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("guess",), "invalid choice: 'guess'"),
        (("verify", "leaf.pem"), "the following arguments are required: --trust"),
        (("verify", "leaf.pem", "--trust", "root.pem", "--at", "noon"), "'noon' is no time as in 2026-11-24 or"),
        (("verify", "leaf.pem", "--trust", "root.pem", "--at", "0001-01-01"), "is not between 1960 and 9899"),
        (("verify", "leaf.pem", "--trust", "root.pem", "--name", ""), "a name cannot be empty"),
        (("verify", "leaf.pem", "--trust", "root.pem", "--security-level", "6"), "invalid choice: 6"),
        (("verify", "missing.pem", "--trust", "root.pem"), "missing.pem: cannot be read: found no file of that name"),
        (("verify", "leaf.pem", "--trust", "missing.pem"), "missing.pem: cannot be read: found no file of that name"),
        (("verify", "leaf.pem", "--trust", "empty.pem"), "empty.pem: "),
        (("verify", "leaf.key", "--trust", "root.pem"), "leaf.key: "),
        (("verify", "bundle.pem", "--trust", "root.pem"), "bundle.pem: one certificate is to be judged: found 2"),
        (("verify", "leaf.pem", "--trust", "root.pem", "--crl", "root.pem"), "root.pem: "),
        (("audit", "missing"), "missing: no site can be read from there: found nothing of that name"),
        (("audit", "leaf.pem"), "leaf.pem: no site can be read from there: found another file"),
        (
            ("audit", "broken-site"),
            "broken-site/site.toml, line 14, expressways[1].release: expected a release in quotes",
        ),
        (("init",), "give the folder to write, or --schema"),
        (("init", "site"), "site: nothing was written: found a folder with something in it"),
        (("init", "leaf.pem", "--sample"), "leaf.pem: nothing was written: found a file of that name"),
        (("probe",), "the following arguments are required: HOST[:PORT]"),
        (("probe", "a:b"), "'a:b' is no host as in expe1.example.com:8443"),
        (("probe", ":8443"), "':8443' is no host as in expe1.example.com:8443"),
        (("probe", "[::1"), "'[::1' is no host as in [2001:db8::7]:8443"),
        (("probe", "[::1]8443"), "'[::1]8443' is no host as in [2001:db8::7]:8443"),
        (("probe", "127.0.0.1:0"), "a port is 1 to 65535, not 0"),
        (("probe", "127.0.0.1", "--timeout", "0"), "a timeout is more than 0 and at most 600 seconds, not 0.0"),
        (("identify", "missing.pem"), "missing.pem: cannot be read: found no file of that name"),
        (("identify", "."), ".: cannot be read as a file: found a directory"),
        (("identify",), "the following arguments are required: FILE"),
        (("identify", "leaf.p12", "--password-env", "NO_SUCH_NAME"), "there is no environment variable 'NO_SUCH_NAME'"),
        (("identify", "leaf.der", "leaf.pem", "--out", "new.pem"), "--out takes the PEM of one FILE"),
        (("identify", "leaf.der", "--out", "root.pem"), "root.pem: nothing was written: found a file of that name"),
        (("audit", "--format", "pdf"), "argument --format: invalid choice: 'pdf'"),
        (("audit", "--json", "--format", "html"), "not allowed with argument --json"),
        (("audit", "--out", "root.pem"), "root.pem: nothing was written: found a file of that name"),
        (("identify", "leaf.der", "--out", "no/new.pem"), "no/new.pem: nothing was written: found No such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_run_ends_with_2(files: Path, arguments: tuple[str, ...], complaint: str) -> None:
    """A wrong argument or a file that is not what is wanted: one line says so, nothing is printed, no traceback."""
    done = run(*arguments)
    assert (done.returncode, done.stdout if arguments[:1] != ("identify",) else "") == (2, "")
    assert complaint in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_verify_says_yes(files: Path) -> None:
    """The intermediate is presented: the chain is printed, and the status is 0."""
    done = run("verify", "leaf.pem", "--trust", "root.pem", "--presented", "intermediate.pem")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0].startswith("OK: 'expe1.example.com' is trusted: it chains to 'Example Root CA'")
    assert [line.split(" (")[0] for line in lines[-3:]] == [
        "  0  expe1.example.com",
        "  1  Example Issuing CA",
        "  2  Example Root CA",
    ]


def test_verify_says_no(files: Path) -> None:
    """The intermediate is missing: number, depth and reason, what is missing and where it can be had."""
    done = run("verify", "leaf.pem", "--trust", "root.pem")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("error 20 at depth 0: unable to get local issuer certificate (OpenSSL 3.0)\n")
    assert "CN=Example Issuing CA" in done.stdout
    assert "http://pki.example.com/issuing.cer" in done.stdout


PRESENTED: Final = ("--presented", "bundle.pem")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*PRESENTED, "--name", "expe1.example.com"), 0),
        ((*PRESENTED, "--name", "expe2.example.com"), 62),
        ((*PRESENTED, "--name", "expe2.example.com", "--name", "example.com"), 0),
        ((*PRESENTED, "--name", "192.0.2.1"), 64),
        ((*PRESENTED, "--purpose", "client"), 0),
        ((*PRESENTED, "--at", "2045-01-01"), 10),
        ((*PRESENTED, "--at", "2044-12-31T23:59:59Z"), 0),
        ((*PRESENTED, "--at", "2045-01-01T01:00:00+02:00"), 0),
        ((*PRESENTED, "--at", "2024-12-31"), 9),
        ((*PRESENTED, "--security-level", "3"), 66),
        ((*PRESENTED, "--openssl", "1.1.1"), 0),
        ((*PRESENTED, "--crl", "issuing.crl"), 0),
        ((*PRESENTED, "--crl", "issuing.crl", "--crl-check", "all"), 3),
        ((*PRESENTED, "--crl", "issuing.crl", "--crl", "root.crl", "--crl-check", "all"), 0),
        ((*PRESENTED, "--crl-check", "leaf"), 3),
        (("--trust", "intermediate.pem"), 0),
        ((), 20),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_every_argument_of_verify_counts(
    files: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    """Each changes the verdict as the same field of the policy does; the JSON is under its schema."""
    status = cli.main(["verify", "leaf.pem", "--trust", "root.pem", "--json", *arguments])
    values = json.loads(capsys.readouterr().out)
    jsonschema.validate(values, VERDICT_JSON_SCHEMA)
    assert (values["code"], status) == (code, int(code != 0))
    assert values["openssl"] == ("1.1.1" if "1.1.1" in arguments else "3.0")


def test_verify_takes_a_partial_chain(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The intermediate alone is an anchor only where that is asked for."""
    arguments = ["verify", "leaf.pem", "--trust", "intermediate.pem"]
    assert [cli.main(arguments), cli.main([*arguments, "--partial-chain"])] == [1, 0]
    assert capsys.readouterr().out.startswith("error 2 at depth 1: unable to get issuer certificate")


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("leaf.pem", 0, "leaf.pem: a PEM certificate, as Expressway takes it"),
        ("bundle.pem", 0, "bundle.pem: a PEM file with one leaf certificate and one CA certificate"),
        ("leaf.der", 1, "leaf.der: a DER certificate: Expressway takes PEM; here it is"),
        ("windows.pem", 1, "windows.pem: a PEM certificate with two bytes for each character (UTF-16): Expressway"),
        ("request.csr", 1, "request.csr: a certificate request (CSR), not a certificate: send it to the CA, and"),
        ("leaf.key", 1, "leaf.key: a private key, not a certificate: keep it secret, and"),
        ("leaf.p12", 1, "leaf.p12: a PKCS#12 file that needs a password: give the password"),
        ("empty.pem", 1, "empty.pem: an empty file: download or export it again"),
        ("error-page.html", 1, "error-page.html: an HTML page: the download went wrong"),
    ],
)
def test_identify_says_what_a_file_is(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, status: int, sentence: str
) -> None:
    """One sentence, and 0 only where Expressway takes the file as it is."""
    assert cli.main(["identify", name]) == status
    printed = capsys.readouterr()
    assert printed.out.startswith(sentence)
    assert printed.err == ""


def test_identify_takes_several_files(files: Path) -> None:
    """Each has its sentence, also after one that is not there, and the worst of the statuses is the end."""
    assert [run("identify", *names).returncode for names in (["leaf.pem", "root.pem"], ["leaf.der", "leaf.pem"])] == [
        0,
        1,
    ]
    done = run("identify", "leaf.pem", "missing.pem", "root.pem")
    sentences = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert (done.returncode, len(sentences), len(done.stderr.splitlines())) == (2, 2, 1)


def test_identify_prints_the_pem(files: Path) -> None:
    """Standard output holds the PEM and nothing else, so that it can go into a file."""
    done = run("identify", "leaf.der", "--pem")
    assert (done.returncode, done.stdout) == (1, Certificate.load(files / "leaf.pem").to_pem())
    assert done.stderr.startswith("leaf.der: a DER certificate: Expressway takes PEM; here it is\n")


def test_identify_writes_the_pem(files: Path) -> None:
    """The new file is what Expressway takes as it is."""
    assert run("identify", "windows.pem", "--out", "new.pem").returncode == 1
    assert (files / "new.pem").read_bytes() == (files / "leaf.pem").read_bytes()
    assert run("identify", "new.pem").returncode == 0


def test_identify_overwrites_nothing(files: Path) -> None:
    """A file that is there already stays as it is."""
    before = (files / "root.pem").read_bytes()
    assert run("identify", "leaf.der", "--out", "root.pem").returncode == 2
    assert (files / "root.pem").read_bytes() == before


@pytest.mark.parametrize(("password", "count"), [("secret", 2), ("wrong", 0)])
def test_identify_takes_a_password_from_the_environment(files: Path, password: str, count: int) -> None:
    """It opens a PKCS#12 file, and is printed nowhere."""
    done = run("identify", "leaf.p12", "--pem", "--password-env", "P12_PASSWORD", P12_PASSWORD=password)
    assert (done.returncode, done.stdout.count("BEGIN CERTIFICATE")) == (1, count)
    assert "PRIVATE KEY" not in done.stdout
    assert password not in done.stdout + done.stderr.replace("a wrong password", "")


def test_no_pem_where_none_can_be_made(files: Path) -> None:
    """A private key is never handed back."""
    done = run("identify", "leaf.key", "--pem", "--out", "new.pem")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "leaf.key: there is no PEM to be made of it"
    assert not (files / "new.pem").exists()


def test_audit_finds_the_faults_of_the_sample() -> None:
    """The report for a person, without colour, and status 1 for the errors that it shows."""
    done = run("audit")
    assert (done.returncode, done.stderr) == (1, "")
    assert COLOUR.search(done.stdout) is None
    assert re.search(r"^1\. ERROR  ", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1].endswith("Exit status 1: something will not work.")


def test_audit_as_json() -> None:
    """The same report as JSON under its schema, in ASCII, with the same status."""
    done = run("audit", "--json", PYTHONIOENCODING="ascii", LANG="C")
    values = json.loads(done.stdout)
    jsonschema.validate(values, REPORT_SCHEMA)
    assert (done.returncode, done.stderr, done.stdout.isascii()) == (1, "", True)
    assert values["counts"]["error"] > 0


BEGINNINGS: Final = {
    "text": "embedded sample\nas of 2026-11-24 12:00:00 UTC",
    "json": '{\n  "schema": "expressway_certs/report/',
    "markdown": "# embedded sample\n\n**7 errors",
    "html": '<!DOCTYPE html>\n<html lang="en">',
    "junit": '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="embedded sample"',
    "sarif": '{\n  "$schema": "https://docs.oasis-open.org/sarif/',
}


@pytest.mark.parametrize("form", BEGINNINGS)
def test_audit_in_every_form(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed and what is written into a file is the same, and the status is that of the report."""
    path = tmp_path / "report"
    arguments = ["audit", "--format", form, "--at", "2026-11-24T12:00:00Z"]
    assert cli.main(arguments) == 1
    printed = capsys.readouterr().out
    assert cli.main([*arguments, "--out", str(path)]) == 1
    assert printed.startswith(BEGINNINGS[form])
    assert (path.read_text(encoding="utf-8"), capsys.readouterr().out) == (printed, "")
    assert printed.endswith("\n")
    assert "Troms\xf8" not in printed or form in {"text", "markdown"}


def test_audit_at_an_instant(capsys: pytest.CaptureFixture[str]) -> None:
    """The sample is made for the instant that is asked for, so the report is the same on every run."""
    texts = []
    for _ in range(2):
        assert cli.main(["audit", "--at", "2030-02-03T04:05:06+01:00"]) == 1
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert "as of 2030-02-03 03:05:06 UTC: " in texts[0]


@pytest.mark.parametrize("instant", ["1960-01-01", "9899-12-31T23:59:59-12:00"])
def test_audit_at_the_bounds(capsys: pytest.CaptureFixture[str], instant: str) -> None:
    """The earliest and the latest instant that are taken work."""
    assert cli.main(["audit", "--json", "--at", instant]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["error"] > 0


def test_a_terminal_gets_colour() -> None:
    """On a terminal the report is coloured, unless that is not wanted."""
    assert "\x1b[1;31m1. ERROR\x1b[0m" in run_on_a_terminal("audit")
    assert COLOUR.search(run_on_a_terminal("audit", "--no-color")) is None


def test_a_poor_terminal_is_no_error(files: Path) -> None:
    """ASCII and the C locale: the report comes through, in ASCII."""
    poor = {"PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C"}
    (files / "ø.pem").write_bytes((files / "leaf.pem").read_bytes())
    done = [
        run("audit", **poor),
        run("identify", "ø.pem", **poor),
        run("verify", "ø.pem", "--trust", "root.pem", **poor),
    ]
    assert [one.returncode for one in done] == [1, 0, 1]
    assert all(one.stdout.isascii() and one.stdout for one in done)


def test_hostile_text_is_harmless(files: Path) -> None:
    """A subject and a file name that are attacks on the terminal are shown as they are."""
    hostile = hostile_leaf()
    name = "\x1b[31mevil\x9b2J.pem"
    (files / name).write_text(hostile.pem)
    done = [
        run("identify", name),
        run("verify", name, "--trust", "root.pem"),
        run("verify", f"{name}x", "--trust", "root.pem"),
    ]
    assert [one.returncode for one in done] == [0, 1, 2]
    assert HARMLESS in done[0].stdout
    assert HARMLESS in done[1].stdout.replace("\n  ", " ")
    assert r"\x1b[31mevil\x9b2J.pem" in done[0].stdout
    for text in (text for one in done for text in (one.stdout, one.stderr)):
        assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("arguments", [("audit",), ("identify", "leaf.pem"), ("--version",)])
def test_a_closed_pipe_is_no_traceback(files: Path, arguments: tuple[str, ...]) -> None:
    """`audit | head -1`, with long output and short: the command ends as others do, and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*COMMAND, *arguments], stdout=writing, stderr=subprocess.PIPE, env=PLAIN, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [("audit",), ("identify", "leaf.pem"), ("audit", "--json")])
def test_a_full_disk_is_no_traceback(files: Path, arguments: tuple[str, ...]) -> None:
    """Output that cannot be written is told in one line, with the status for a command that could not run."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, env=PLAIN, check=False)
    expected = b"expressway-certs: the output could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, expected)


def test_no_output_at_all_is_no_traceback(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    """A process that has no standard output, as a service may have none, ends with the status of the answer."""
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(["identify", "leaf.pem"]) == 0
    assert cli.main(["verify", "leaf.pem", "--trust", "root.pem"]) == 1


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("arguments", [("identify", "leaf.der"), ("verify", "leaf.pem", "--trust", "root.pem")])
def test_lines_fit_a_narrow_terminal(files: Path, width: int, arguments: tuple[str, ...]) -> None:
    """No line is longer than the terminal is wide, but for what cannot be broken."""
    printed = run(*arguments, COLUMNS=str(width)).stdout
    assert [line for line in printed.splitlines() if len(line) > width and " " in line.strip()] == []
    assert max(map(len, run(*arguments, COLUMNS="500").stdout.splitlines())) <= 120


def test_a_complaint_about_arguments_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    """A file name that looks like an option, as a shell may put it there, is shown as it is."""
    assert cli.main(["identify", "a.pem", "--\x1b[31mb.pem"]) == 2
    assert capsys.readouterr().err.endswith("unrecognized arguments: --\\x1b[31mb.pem\n")


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    """Ctrl-C ends with the status that shells use for it."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("expressway_certs.cli.identify.identify", interrupt)
    assert cli.main(["identify", "leaf.pem"]) == 130


CERTIFICATE: Final = CertificateFactory(seed=9, at=AT).self_signed("leaf").der


def mutated(at: int) -> bytes:
    """Return a certificate with one of its bytes changed."""
    at %= len(CERTIFICATE)
    return CERTIFICATE[:at] + bytes([CERTIFICATE[at] ^ 0x55]) + CERTIFICATE[at + 1 :]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.integers(0, 400).map(mutated))
def test_no_content_is_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    """Whatever is in a file, the command answers with a status and, where it failed, with one line."""
    path = tmp_path / "any.pem"
    path.write_bytes(data)
    assert cli.main(["identify", str(path)]) in {0, 1}
    capsys.readouterr()
    status = cli.main(["verify", str(path), "--trust", str(path), "--presented", str(path)])
    printed = capsys.readouterr()
    assert status in {0, 1, 2}
    assert (printed.err.count("\n"), bool(printed.out)) == ((1, False) if status == 2 else (0, True))


def console_examples() -> list[tuple[str, str]]:
    """Return each command that the page on the command shows, and what it is said to print."""
    text = (Path(__file__).parent.parent / "docs" / "cli.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = [part.partition("\n") for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in found]


@pytest.mark.parametrize(("command", "output"), console_examples(), ids=lambda text: text.partition("\n")[0])
def test_the_docs_show_what_is_printed(files: Path, command: str, output: str) -> None:
    """Each example of the page prints what stands below it; dots stand for what differs."""
    assert command.startswith("python -m expressway_certs ")
    printed = run(*command.split()[3:]).stdout
    assert doctest.OutputChecker().check_output(output, printed, doctest.ELLIPSIS), printed


def test_the_docs_have_examples() -> None:
    """One at least for each part of the command is run above."""
    assert {command.split()[3] for command, _ in console_examples()} == {
        "identify",
        "verify",
        "audit",
        "init",
        "forecast",
    }


def test_init_writes_a_site_that_can_be_audited(files: Path) -> None:
    """What `init` writes loads as it is, and nothing is wrong with its placeholders but what they lack."""
    assert run("init", "my-site").returncode == 0
    done = run("audit", "my-site", "--json")
    assert json.loads(done.stdout)["name"] == "my site"
    assert (done.returncode, [one for one in json.loads(done.stdout)["findings"] if one["severity"] == "error"]) == (
        0,
        [],
    )


def test_init_writes_the_sample(files: Path) -> None:
    """The sample that `init --sample` writes is the one that `audit` audits: the reports are the same."""
    at = ("--at", "2026-11-24")
    assert run("init", "sample", "--sample", *at).returncode == 0
    assert run("audit", "sample", *at).stdout == run("audit", *at).stdout
    assert (files / "sample" / "expe1.example.com" / "trusted-ca.pem").exists()


def test_init_prints_the_schema(files: Path) -> None:
    """`init --schema` prints the JSON Schema of a site and writes nothing."""
    before = sorted(files.rglob("*"))
    done = run("init", "--schema")
    assert (done.returncode, json.loads(done.stdout)) == (0, expressway_certs.site_schema())
    assert sorted(files.rglob("*")) == before


def test_each_mistake_of_a_site_has_a_line(files: Path) -> None:
    """The mistakes of a site are printed one a line, in the order of the file."""
    text = (files / "site" / "site.toml").read_text(encoding="utf-8")
    (files / "site" / "site.toml").write_text(text.replace('"X14.2.7"', "14"), encoding="utf-8")
    done = run("audit", "site")
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [
        " site/site.toml, line 7, expressways[0].release",
        " site/site.toml, line 14, expressways[1].release",
    ]


def test_forecast_says_what_goes_down(capsys: pytest.CaptureFixture[str]) -> None:
    """The sample's certificates end together: legs go down, and there is time enough to act."""
    assert cli.main(["forecast", "--at", "2026-11-24", "--until", "2027-12-01"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Forecast for embedded sample, from 2026-11-24 00:00:00 UTC to 2027-12-01 00:00:00 UTC")
    assert "Act by 2027-10-25, 30 days ahead of the first that does harm." in printed


def test_forecast_ends_with_1_where_it_is_late(capsys: pytest.CaptureFixture[str]) -> None:
    """With a lead time that is longer than what is left, the status says so."""
    assert cli.main(["forecast", "--at", "2026-11-24", "--lead-days", "400"]) == 1
    assert "which is past" in capsys.readouterr().out


def test_plan_says_how(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The steps of a renewal on a site in a folder, and the status for a plan that keeps every leg up."""
    assert cli.main(["init", "mine", "--sample", "--at", "2026-11-24"]) == 0
    factory = CertificateFactory(seed=221624, at=datetime(2026, 11, 24, tzinfo=UTC))
    root = factory.root("Example Root CA")
    issuing = factory.intermediate(root, "Example Issuing CA 3")
    names = ["expe-oslo.example.com", "example.com"]
    Path("new.pem").write_text(factory.leaf(issuing, dns_names=names).pem, "ascii")
    Path("ca.pem").write_text(issuing.pem, "ascii")
    plan = ["plan", "mine", names[0], "new.pem", "--ca", "ca.pem", "--at", "2026-11-24"]
    assert cli.main(plan) == 0
    printed = capsys.readouterr().out
    assert "3. On expe-oslo.example.com: install the new certificate" in printed
    assert cli.main([*plan[:4], "--at", "2026-11-24"]) == 1
    assert (files / "new.pem").is_file()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("forecast", "--until", "2026-01-01", "--at", "2026-11-24"), "is before"),
        (("forecast", "--lead-days", "-1"), "the lead time is not negative"),
        (
            ("plan", "mine", "nobody.example.com", "leaf.pem"),
            "no Expressway, and no server behind one, is called nobody.example.com",
        ),
        (("plan", "mine", "expe-oslo.example.com", "leaf.pem", "--store", "client"), "has no client store"),
        (("plan", "mine", "expe-oslo.example.com", "empty.pem"), "empty"),
    ],
)
def test_what_cannot_be_looked_ahead_ends_with_2(
    files: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    """A site, a node or a time that makes no sense is said so, and nothing is printed."""
    assert cli.main(["init", "mine", "--sample"]) == 0
    capsys.readouterr()
    assert cli.main(arguments) == 2
    assert complaint in capsys.readouterr().err
    assert (files / "mine").is_dir()
