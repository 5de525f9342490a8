"""The judge against the ``openssl verify`` command, as an engineer would ask it at a prompt."""

import ipaddress
import os
import re
import shutil
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import attrs
import pytest
from hierarchies import questions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from judging import difference, judge, surprises
from meshes import QUESTIONS
from openssl_oracle import Answer, Question

OPENSSL: Final = shutil.which("openssl") or ""
HIERARCHIES: Final = 60
_PURPOSES: Final = {"server": "sslserver", "client": "sslclient"}
_ERROR: Final = re.compile(r"^error (\d+) at (\d+) depth lookup", re.MULTILINE)


def _version() -> str:
    if not OPENSSL:
        return "none"
    return subprocess.run([OPENSSL, "version"], capture_output=True, text=True, check=True).stdout


pytestmark = pytest.mark.skipif(
    not _version().startswith("OpenSSL 3.0."), reason="there is no openssl command of OpenSSL 3.0 on the path"
)


@cache
def drawn() -> tuple[Question, ...]:
    """Return a fixed draw of hierarchies; the command takes one name at most."""
    found: list[Question] = []

    @settings(
        max_examples=HIERARCHIES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(questions(), questions(oddity=10), questions(crls=True, oddity=8)))
    def keep(question: Question) -> None:
        found.append(attrs.evolve(question, hosts=question.hosts[:1]))

    keep()
    return tuple(found)


def options(question: Question) -> Iterator[str]:
    """Yield the options that say what the question asks, without the files."""
    if question.purpose:
        yield from ("-purpose", _PURPOSES[question.purpose])
    for host in question.hosts:
        yield from ("-verify_hostname", host)
    if question.address:
        yield from ("-verify_ip", str(ipaddress.ip_address(question.address)))
    yield from ("-no_check_time",) if question.at is None else ("-attime", str(question.at))
    yield from ("-auth_level", str(question.security_level), "-verify_depth", str(question.depth))
    if question.partial_chain:
        yield "-partial_chain"
    if question.crl_check:
        yield {"leaf": "-crl_check", "all": "-crl_check_all"}[question.crl_check]


def files(question: Question, folder: Path) -> Iterator[str]:
    """Write the certificates and CRLs, and yield the options that name their files; the leaf comes last."""
    yield from ("-no-CAfile", "-no-CApath", "-no-CAstore")
    for option, ders in (("-trusted", question.trust), ("-untrusted", question.presented)):
        if ders:
            yield from (option, _write(folder / f"{option}.pem", map(ssl.DER_cert_to_PEM_cert, ders)))
    if question.crls:
        armoured = (ssl.DER_cert_to_PEM_cert(crl).replace("CERTIFICATE", "X509 CRL") for crl in question.crls)
        yield from ("-CRLfile", _write(folder / "crls.pem", armoured))
    yield _write(folder / "leaf.pem", [ssl.DER_cert_to_PEM_cert(question.leaf)])


def _write(path: Path, members: Iterable[str]) -> str:
    path.write_text("".join(members), "ascii")
    return str(path)


def ask_the_command(question: Question, folder: Path) -> Answer:
    """Put the question to ``openssl verify``: its first error counts. Of a chain it tells how long it is."""
    asked = [OPENSSL, "verify", "-show_chain", *options(question), *files(question, folder)]
    environment = {**os.environ, "OPENSSL_CONF": os.devnull}
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env=environment)
    said = f"{done.stdout}\n{done.stderr}"
    first = _ERROR.search(said)
    if first is None:
        assert done.stdout.startswith(f"{asked[-1]}: OK\n"), said
        assert done.returncode == 0
        return Answer(ok=True, code=0, depth=0, chain=(b"",) * done.stdout.count("\ndepth="))
    assert done.returncode == 2
    return Answer(ok=False, code=int(first[1]), depth=int(first[2]), chain=())


def test_the_command_says_what_the_judge_says(tmp_path: Path) -> None:
    """On a fixed draw of hierarchies the command and the judge agree: yes or no, number, depth, length of the chain."""
    found: list[tuple[str, str | None]] = []
    met: Counter[int] = Counter()
    for number, question in enumerate(drawn()):
        theirs = ask_the_command(question, tmp_path)
        mine = judge(question)
        met[theirs.code] += 1
        found.append((str(number), difference(attrs.evolve(mine, chain=(b"",) * len(mine.chain)), theirs)))
    assert surprises(found, {}) == []
    assert len(found) == HIERARCHIES
    assert met[0] >= 5
    assert len(met) >= 5


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_command_says_of_a_mesh_what_the_judge_says(name: str, tmp_path: Path) -> None:
    """In a mesh of CAs that sign each other both agree: yes or no, number, depth, length of the chain."""
    theirs, mine = ask_the_command(QUESTIONS[name], tmp_path), judge(QUESTIONS[name])
    assert difference(attrs.evolve(mine, chain=(b"",) * len(mine.chain)), theirs) is None


def test_the_command_tells_what_was_wrong(tmp_path: Path) -> None:
    """The answer that is read from the command changes with the question, so that agreement means something."""
    question = next(one for one in drawn() if ask_the_command(one, tmp_path).ok and len(one.presented) > 1)
    alone = attrs.evolve(question, presented=(), trust=())
    assert ask_the_command(alone, tmp_path) == Answer(ok=False, code=20, depth=0, chain=())
    assert judge(alone).code == 20
