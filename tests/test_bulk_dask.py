"""Dask's executor: the same verdicts from other processes, though one of them is killed midway."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import attrs
import make_der as make
import pytest
import vectors
from bulk_leaves import PLAIN, POLICY, PRESENTED, TRUST, Said, judged, said
from bulk_twists import TWISTED
from judging import certificate, policy_of
from vectors import SUITES

from expressway_certs import TrustStore, verify_many
from expressway_certs.x509.bulk import workers

distributed = pytest.importorskip("distributed", reason="distributed (the extra dask) is not installed")

# One cluster is enough for two workers of pytest.
pytestmark = pytest.mark.xdist_group("dask")

LEAVES = [
    leaf.der
    for number in range(40)
    for leaf in (*(attrs.evolve(PLAIN, serial=make.integer(8000 + number)),) * 4, [*TWISTED.values()][number])
]


@pytest.fixture(scope="module")
def client() -> "Iterator[distributed.Client]":
    """Return the client of a cluster of two processes on this machine."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_worker_killed_midway_loses_nothing(client: "distributed.Client", monkeypatch: pytest.MonkeyPatch) -> None:
    """Every leaf has the judge's verdict once and in its place, though a worker dies while they are judged."""
    monkeypatch.setattr(workers, "BATCH", 5)
    found = verify_many(LEAVES, TRUST, PRESENTED, POLICY, client.get_executor())
    begun = [next(found) for _ in range(22)]
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    verdicts = [*begun, *found]
    assert [said(verdict) for verdict in verdicts] == [judged(leaf) for leaf in LEAVES]


@pytest.mark.skipif(not vectors.FOLDER.is_dir(), reason="the public test vectors do not lie beside the checkout")
@pytest.mark.parametrize("suite", SUITES)
def test_public_vectors_by_dask(suite: str, client: "distributed.Client") -> None:
    """Every public vector has the judge's verdict, number, depth, chain and fault from the cluster."""
    executor = client.get_executor()

    def compared(vector: vectors.Vector) -> tuple[str, Said, Said]:
        question = vector.question("tls1")
        trust, presented = TrustStore(map(certificate, question.trust)), tuple(map(certificate, question.presented))
        policy = policy_of(question)
        (found,) = verify_many([question.leaf], trust, presented, policy, executor)
        return vector.name, said(found), judged(certificate(question.leaf), trust, presented, policy)

    # A question spends most of its time on the way, so many are under way at once.
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(compared, vectors.suite(suite)))
    assert found
    assert [(name, one) for name, one, _ in found] == [(name, expected) for name, _, expected in found]


def test_an_executor_of_dask_tells_how_many_workers_it_has(client: "distributed.Client") -> None:
    """As many batches are under way as keep every worker of the cluster busy."""
    client.wait_for_workers(2)
    assert workers._worker_count(client.get_executor()) == 2
