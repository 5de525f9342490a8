"""The figures: what is drawn, in which colour, and without matplotlib a clear error."""

import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from typing import Final

import attrs
import pytest
from leg_faults import C1, C2, CUCM, E1, E2, LEG_FAULTS
from leg_site import site
from matplotlib.figure import Figure
from report_samples import HARMLESS, HOSTILE
from sites import AT, FACTORY, ISSUING, good_site, node, with_node

from expressway_certs import Deployment, Report, State, audit, forecast, show
from expressway_certs.show import inventory, layout

GREEN, RED, AMBER = (0.184, 0.561, 0.235, 1.0), (0.788, 0.212, 0.169, 1.0), (0.816, 0.541, 0.0, 1.0)
PNG: Final = b"\x89PNG\r\n\x1a\n"


def drawn(figure: Figure) -> bytes:
    """Return a figure as an image, which it must be fit for."""
    out = BytesIO()
    figure.savefig(out, format="png", dpi=50)
    return out.getvalue()


def labels(figure: Figure) -> list[str]:
    """Return what stands beside the rows of a figure."""
    return [one.get_text() for one in figure.axes[0].get_yticklabels()]


def colours(figure: Figure) -> list[tuple[float, ...]]:
    """Return the colours of the bars or cells of a figure, in order."""
    return [tuple(round(part, 3) for part in one.get_facecolor()) for one in figure.axes[0].patches]


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report of a site whose tunnels are down."""
    return audit(LEG_FAULTS["tunnel-ca-missing"][0](), at=AT)


def ageing() -> Deployment:
    """Return a site with an expired certificate and one that ends soon."""
    old = node("expc1.example.com", "C", "expc.example.com", not_after=AT - timedelta(hours=1))
    soon = node("expc2.example.com", "C", "expc.example.com", not_after=AT + timedelta(days=20))
    return with_node(with_node(good_site(), old), soon)


def test_a_timeline_has_a_bar_for_each_certificate() -> None:
    """The first to end stands on top; red is over, amber ends soon, green holds."""
    figure = show.timeline(ageing(), at=AT)
    assert isinstance(figure, Figure)
    assert len(labels(figure)) == len(inventory.of_deployment(ageing()))
    names = [f"expc{number}.example.com" for number in (2, 1)]
    assert labels(figure)[-2:] == [f"{name} (leaf, {name})" for name in names]
    assert colours(figure)[-3:] == [GREEN, AMBER, RED]
    assert drawn(figure).startswith(PNG)


def test_the_timeline_of_a_forecast_has_its_events() -> None:
    """A line for each event beside that of the beginning, red where a leg goes down with it."""
    ahead = forecast(ageing(), at=AT)
    lines = show.timeline(ahead).axes[0].lines
    assert [line.get_color() for line in lines] == [
        "0.2",
        *("#c9362b" if one.breaks else "0.6" for one in ahead.events),
    ]
    assert {bool(one.breaks) for one in ahead.events} == {True, False}
    assert colours(show.timeline(ahead)) == colours(show.timeline(ageing(), at=AT))


def test_a_matrix_has_a_cell_for_each_leg(report: Report) -> None:
    """As many cells as there are states in the matrix, red where a leg is down."""
    figure = show.matrix(report)
    cells = [row.state(one) for block in report.matrix().blocks for row in block.rows for one in block.leg_ids]
    assert len(colours(figure)) == sum(state is not None for state in cells)
    assert colours(figure).count(RED) == cells.count(State.DOWN) == 4
    assert f"{C1} → {E1}" in labels(figure)
    assert [one.get_text() for one in figure.axes[0].get_xticklabels()][:4] == ["2", "3", "4", "5"]
    assert drawn(figure).startswith(PNG)


def test_a_topology_has_a_box_for_each_node(report: Report) -> None:
    """And a line for each pair that meets, in the colour of the worst leg between the two."""
    figure = show.topology(site(), report)
    texts = {one.get_text() for one in figure.axes[0].texts}
    assert {C1, C2, E1, E2, f"{CUCM} (Unified CM)", *layout.COLUMNS} <= texts
    lines = {str(one.get_color()) for one in figure.axes[0].lines}
    assert lines == {"#c9362b", "#2f8f3c"}
    assert drawn(figure).startswith(PNG)


def test_a_layout_has_its_columns() -> None:
    """Clients outside, Expressway-E, Expressway-C, servers inside; nothing stands on anything else."""
    found = layout.of(site())
    columns = {name: x for name, (x, _) in found.spots.items()}
    assert [columns[name] for name in ("Jabber of example.com", E1, C1, CUCM)] == [0.0, 1.0, 2.0, 3.0]
    heights = sorted(found.spots.values())
    assert all(one[0] < other[0] or other[1] - one[1] >= 1 for one, other in pairwise(heights))
    assert layout.Link(C1, E1) in found.links


def test_links_are_judged(report: Report) -> None:
    """With a report a line has the worst state; a node that the deployment does not have gets no line."""
    found = {(one.initiator, one.acceptor): one.state for one in layout.of(site(), report).links}
    assert found[C1, E1] is State.DOWN
    assert found[C1, CUCM] is State.UP
    none = layout.of(Deployment(name="none"), report)
    assert (none.links, none.spots) == ((), {})


@pytest.mark.parametrize("figure", [show.timeline, show.topology])
def test_an_empty_site_is_drawn(figure: object) -> None:
    """Nothing to show is no error."""
    assert callable(figure)
    assert drawn(figure(Deployment(name="empty"))).startswith(PNG)
    assert drawn(show.matrix(Report(name="empty", at=AT))).startswith(PNG)


def test_names_are_text() -> None:
    """Neither a formula nor a control character: a dollar sign is a dollar sign."""
    evil = FACTORY.leaf(ISSUING, "$\\frac{x}$", dns_names=["expe1.example.com"]).certificate
    whole = good_site()
    whole = with_node(whole, attrs.evolve(whole.expressway("expe1.example.com"), server_certificate=evil))
    named = attrs.evolve(whole, name=HOSTILE)
    for figure in (show.timeline(named, at=AT), show.topology(named), show.matrix(audit(named, at=AT))):
        assert figure.axes[0].get_title().startswith(HARMLESS)
        assert drawn(figure).startswith(PNG)


def test_a_figure_shows_itself() -> None:
    """A notebook asks for an image, and gets one without pyplot."""
    figure = show.topology(site())
    assert figure._repr_png_().startswith(PNG)  # type: ignore[attr-defined]


def test_figures_leave_no_state() -> None:
    """Nothing is kept in pyplot, which is not even loaded."""
    code = (
        "import sys; from expressway_certs import Deployment, show; show.topology(Deployment(name='x'));"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_without_matplotlib_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing `show` needs nothing; a figure says what to install."""
    monkeypatch.delitem(sys.modules, "expressway_certs.show.figure", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'expressway_certs\[plot\]'"):
        show.timeline(good_site())


def test_what_cannot_be_drawn_is_a_type_error() -> None:
    """A path in the place of a site or a report is told."""
    for draw, words in (
        (show.timeline, "Deployment or Forecast"),
        (show.matrix, "Report"),
        (show.topology, "Deployment"),
        (lambda given: show.topology(good_site(), given), "Report or None"),
    ):
        with pytest.raises(TypeError, match=f"^{words} is wanted, not str$"):
            draw("site")
