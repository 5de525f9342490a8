"""Changes carried out on a deployment."""

import attrs
import pytest
from sites import CLUSTER, ISSUING, OTHER_ROOT, ROOT, good_site, store

from expressway_certs import AddTrustedCa, RemoveTrustedCa

CORE = "expc1.example.com"
CUCM = "cucm1.example.com"
LISTS = ("Trusted CA list", "tomcat-trust", "CallManager-trust")


@pytest.mark.parametrize("number", range(3), ids=LISTS)
@pytest.mark.parametrize("change", [AddTrustedCa, RemoveTrustedCa])
def test_a_change_touches_its_list_alone(change: type[AddTrustedCa | RemoveTrustedCa], number: int) -> None:
    """A certificate goes into or out of the list that is named, of the node that is named."""
    ca = OTHER_ROOT if change is AddTrustedCa else ROOT
    name = CUCM if number else CORE
    site = good_site().apply([change(node=name, certificates=[ca.certificate], store=LISTS[number])])
    server = site.uc_servers[0]
    found = [site.expressway(CORE).trusted_ca, server.tomcat_trust, server.callmanager_trust]
    expected = [(ROOT, ISSUING)] * 3
    expected[number] = (ROOT, ISSUING, OTHER_ROOT) if change is AddTrustedCa else (ISSUING,)
    assert [tuple(one or ()) for one in found] == [tuple(ca.certificate for ca in cas) for cas in expected]
    assert list(site.expressway("expc2.example.com").trusted_ca) == [ROOT.certificate, ISSUING.certificate]


def test_zones_see_the_changed_list() -> None:
    """The peer in a zone is the changed one, whatever else it has."""
    site = good_site().apply([RemoveTrustedCa(node=CORE, certificates=[ISSUING.certificate])])
    assert site.zones[0].core[0] == site.expressway(CORE)
    assert site.zones[0].core[0].cluster_name == CLUSTER


def test_what_is_not_there_is_passed_over() -> None:
    """Two findings may delete the same certificate."""
    change = RemoveTrustedCa(node=CORE, certificates=[ROOT.certificate, OTHER_ROOT.certificate])
    site = good_site()
    assert site.apply([change, change]) == site.apply([change])


@pytest.mark.parametrize("change", [AddTrustedCa, RemoveTrustedCa])
@pytest.mark.parametrize(
    ("name", "listed", "words"),
    [
        ("nobody.example.com", "Trusted CA list", "no Expressway is called nobody"),
        ("nobody.example.com", "tomcat-trust", "no tomcat-trust of nobody.example.com is known"),
        (CUCM, "CallManager-trust", "no CallManager-trust of cucm1.example.com is known"),
    ],
)
def test_a_change_that_fits_nothing_is_refused(
    change: type[AddTrustedCa | RemoveTrustedCa], name: str, listed: str, words: str
) -> None:
    """A node that is not there, or a list that is not given, is a ValueError that names it."""
    site = good_site()
    site = attrs.evolve(site, uc_servers=[attrs.evolve(site.uc_servers[0], callmanager_trust=None)])
    with pytest.raises(ValueError, match=words):
        site.apply([change(node=name, certificates=[ROOT.certificate], store=listed)])


def test_the_order_of_the_rest_is_kept() -> None:
    """What is deleted leaves the others in their order, and what is added comes last."""
    changes = [
        AddTrustedCa(node=CORE, certificates=[OTHER_ROOT.certificate]),
        RemoveTrustedCa(node=CORE, certificates=[ROOT.certificate]),
        AddTrustedCa(node=CORE, certificates=[ROOT.certificate]),
    ]
    assert list(good_site().apply(changes).expressway(CORE).trusted_ca) == list(store(ISSUING, OTHER_ROOT, ROOT))
