"""A private key that is given in the wrong place is in no error."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from docs_files import contents

from expressway_certs import (
    AccessRule,
    Certificate,
    Deployment,
    Dns,
    Expressway,
    Pipeline,
    Release,
    SetSwitch,
    Settings,
    UcServer,
    Upload,
    VerifyPolicy,
    Zone,
    check_upload,
    load_diagnostics,
    load_uc_folder,
    load_uc_snapshot,
    make_request,
    plan_renewal,
    probe,
    readiness,
)

FILES: Final = contents()
LEAF: Final = Certificate.load(FILES["leaf.pem"])
KEY: Final = FILES["leaf.key"].decode()
NODE: Final = Expressway(name="expe1.example.com", role="E")
SITE: Final = Deployment(expressways=[NODE])

GIVEN: Final[dict[str, Callable[[], object]]] = {
    "the store of an upload": lambda: check_upload(FILES["leaf.pem"], NODE, None, KEY),
    "the page of an upload": lambda: Upload(file=b"", node="a", store=KEY),
    "a release": lambda: Release(KEY),
    "a release as bytes": lambda: Release(KEY.encode()),
    "a role": lambda: Expressway(name="a", role=KEY),
    "a mode": lambda: Expressway(name="a", role="E", cluster_tls=KEY),
    "an address": lambda: Expressway(name="a", role="E", address=KEY),
    "a record": lambda: Dns(forward={"a": KEY}),
    "a purpose": lambda: VerifyPolicy(purpose=KEY),
    "a branch": lambda: VerifyPolicy(openssl=KEY),
    "a kind": lambda: UcServer(name="a", kind=KEY),
    "a kind of zone": lambda: Zone(name="a", kind=KEY),
    "a setting": lambda: Settings(same_subject_cas=KEY),
    "a stage": lambda: Pipeline([KEY]),
    "a change": lambda: SITE.apply([KEY]),
    "a switch": lambda: SetSwitch(node="a", switch="cluster_tls", value=KEY),
    "a pattern": lambda: AccessRule(type="Regex", pattern=f"({KEY}"),
    "a name": lambda: SITE.expressway(KEY),
    "a name that stands twice": lambda: Deployment(expressways=[Expressway(name=KEY, role=one) for one in "CE"]),
    "a node of a plan": lambda: plan_renewal(SITE, KEY, LEAF),
    "the nodes of an upgrade": lambda: readiness(SITE, "X15.5", nodes=KEY),
    "a digest": lambda: make_request(NODE, digest=KEY),
    "a host": lambda: probe(KEY),
    "the path of a site": lambda: Deployment.load(KEY),
    "the path of an archive": lambda: load_diagnostics(KEY),
    "the path of a folder": lambda: load_uc_folder(KEY),
    "the path of a snapshot": lambda: load_uc_snapshot(KEY),
    "the path of a certificate": lambda: Certificate.load(Path(KEY)),
}


@pytest.mark.parametrize("place", GIVEN)
def test_a_key_in_the_wrong_place_is_not_shown(place: str) -> None:
    """No line of it is in the error, nor in what a traceback shows behind that."""
    with pytest.raises((TypeError, ValueError)) as caught:
        GIVEN[place]()
    told = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value) + repr(caught.value.__cause__)
    told += "" if caught.value.__suppress_context__ else repr(caught.value.__context__)
    assert [line for line in KEY.splitlines() if line.strip("-") and line in told] == []
