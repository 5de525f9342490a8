"""The plugin of pytest: a site, a factory and a lab as fixtures. It loads the library when a test asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from expressway_certs.product.deployment import Deployment
    from expressway_certs.testing.factory import CertificateFactory
    from expressway_certs.testing.lab import Lab

_MARKER = (
    "expressway_site(core, edge, release, broken, node, ...): what the fixture expressway_site is to be, as in "
    "expressway_certs.testing.make_site; broken names a rule, or several, whose faults are injected, node the "
    "Expressway on which"
)
_LAB_MARKER = "expressway_lab(ground, timeout, keys, at): how the fixture expressway_lab is to be made, as in Lab"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the ini file."""
    parser.addini("expressway_release", "the release that expressway_site runs (X14.2)", default="X14.2")
    parser.addini("expressway_seed", "the seed of expressway_site and expressway_factory (0)", default="0")


def pytest_configure(config: pytest.Config) -> None:
    """Add the markers."""
    config.addinivalue_line("markers", _MARKER)
    config.addinivalue_line("markers", _LAB_MARKER)


@pytest.fixture
def expressway_factory(request: pytest.FixtureRequest) -> CertificateFactory:
    """Return a `CertificateFactory` with the seed of the ini file, counting from now."""
    from expressway_certs.testing.factory import CertificateFactory  # noqa: PLC0415 - a test asked for it

    return CertificateFactory(seed=_seed(request.config))


@pytest.fixture
def expressway_site(request: pytest.FixtureRequest) -> Deployment:
    """Return a site on which nothing is wrong, or what the marker of the same name says.

    The marker of a test goes over that of its class, and that over the module's. Where the fixture is parametrised
    (``indirect=True``), the parameter is a mapping and goes over them all.
    """
    from expressway_certs.testing.breaking import break_site  # noqa: PLC0415 - a test asked for it
    from expressway_certs.testing.sites import make_site  # noqa: PLC0415

    wanted = _wanted(request, "expressway_site", ("core", "edge", "release"))
    broken, node, at = wanted.pop("broken", ()), wanted.pop("node", None), wanted.get("at")
    seed = wanted.setdefault("seed", _seed(request.config))
    wanted.setdefault("release", request.config.getini("expressway_release"))
    site = make_site(**wanted)
    for rule in _rules(broken):
        site = break_site(site, rule, node=node, seed=seed, at=at)
    return site


@pytest.fixture
def expressway_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Open a `Lab` for the test, and close all that it started; the marker of the same name says how it is made."""
    from expressway_certs.testing.lab import Lab  # noqa: PLC0415 - a test asked for it

    with Lab(**_wanted(request, "expressway_lab", ())) as lab:
        yield lab


def _wanted(request: pytest.FixtureRequest, marker: str, names: Sequence[str]) -> dict[str, Any]:
    """Return what the markers say, the nearest last, and then the parameter; ``names`` are those of bare arguments."""
    wanted: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers(marker))):
        if len(mark.args) > len(names):
            raise pytest.UsageError(f"{marker} takes {len(names)} arguments without a name, not {len(mark.args)}")
        bare = dict(zip(names, mark.args, strict=False))
        if twice := ", ".join(bare.keys() & mark.kwargs.keys()):
            raise pytest.UsageError(f"{marker} is given {twice} twice")
        wanted |= bare | mark.kwargs
    parameter = getattr(request, "param", {})
    if not isinstance(parameter, Mapping):
        raise pytest.UsageError(f"a parameter of {marker} is a mapping, not {parameter!r}")
    return wanted | dict(parameter)


def _rules(broken: object) -> list[str]:
    """Return the rules whose faults are wanted."""
    several: Iterable[object] = broken if isinstance(broken, Iterable) and not isinstance(broken, str) else [broken]
    rules: list[str] = []
    for rule in several:
        if not isinstance(rule, str):
            raise pytest.UsageError(f"broken is the name of a rule, or several, not {rule!r}")
        rules.append(rule)
    return rules


def _seed(config: pytest.Config) -> int:
    value = config.getini("expressway_seed")
    try:
        return int(value)
    except ValueError:
        raise pytest.UsageError(f"expressway_seed is a whole number, not {value!r}") from None
