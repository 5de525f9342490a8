"""The lab: what real endpoints make of a leg, what they cannot say, and that nothing is left of them."""

from typing import Final

import leg_site
import pytest
from sites import AT, good_site

from expressway_certs import Deployment
from expressway_certs.testing.lab import Ground, Lab

GROUNDS: Final[tuple[Ground, ...]] = ("openssl", "python")
SITES: Final = {"a small site": good_site(), "a site with every leg": leg_site.site()}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_good_site_comes_up(site: Deployment, ground: Ground) -> None:
    """On a site with nothing wrong no leg is refused, and every leg that can be proven is."""
    with Lab(at=AT, ground=ground) as lab:
        found = lab.prove(site)
    assert {observed.ok for _, observed in found} == {True, None}
    assert {observed.agrees_with(result) for result, observed in found if observed.ok or observed.handshake} == {True}
    assert all(observed.not_proven for _, observed in found if observed.ok is None)


def test_a_closed_lab_proves_nothing() -> None:
    """A lab that was closed says so."""
    with Lab() as lab:
        assert not repr(lab).endswith("closed>")
    with pytest.raises(ValueError, match="the lab is closed"):
        lab.prove(good_site())
    lab.close()
    assert repr(lab).endswith("closed>")
