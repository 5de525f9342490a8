"""What was measured as a table in Markdown and as a plot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.harness import rate, ratio
from benchmarks.measurements import Found
from benchmarks.peers import PEERS

TABLE: Final = "performance-table.inc"
PLOT: Final = "performance.svg"
_OURS: Final = "expressway_certs"
_KINDS: Final = {"rsa": "RSA-2048", "ec": "P-256", "mixed": "mixed"}


def write(found: Found, folder: Path) -> None:
    """Write the table and the plot into a folder."""
    (folder / TABLE).write_text("\n".join(_lines(found)) + "\n", "utf-8")
    _plot(found, folder / PLOT)


def _lines(found: Found) -> Iterator[str]:
    leaves, stores, instants = found.sizes.matrix
    yield f"Measured on {found.machine}: {found.sizes.fleet:,} leaves, {found.sizes.authorities} CA certificates."
    yield ""
    yield from _fleet(found)
    yield ""
    yield f"Two cores, {found.sizes.cores:,} leaves, as a multiple of one process:"
    yield ""
    yield "| | RSA-2048 | P-256 |"
    yield "|---|---|---|"
    for name in ("processes", "threads"):
        cells = (f"{ratio(found.cores[kind], name, _OURS):.2f}" for kind in ("rsa", "ec"))
        yield f"| two {name} | {' | '.join(cells)} |"
    yield ""
    yield "Growth, P-256, microseconds a leaf:"
    yield ""
    yield "| leaves | CA certificates | µs a leaf | of the first row |"
    yield "|---|---|---|---|"
    first = _median(next(iter(found.growth.values())))
    for (count, authorities), costs in found.growth.items():
        yield f"| {count:,} | {authorities:,} | {_median(costs):.1f} | {_median(costs) / first:.2f} |"
    yield ""
    yield f"A matrix of {leaves:,} leaves, {stores} stores and {instants} instants, each of its verdicts looked at:"
    yield ""
    yield "| | RSA-2048 | P-256 |"
    yield "|---|---|---|"
    yield f"| million verdicts a second | {found.matrix['rsa'] / 1e6:.2f} | {found.matrix['ec'] / 1e6:.2f} |"
    cells = (f"{found.matrix[kind] / rate(found.fleet[kind], 'cryptography'):,.0f}" for kind in ("rsa", "ec"))
    yield f"| times `cryptography`'s verifier | {' | '.join(cells)} |"
    yield ""
    yield f"A verdict that is kept takes {found.bytes_a_leaf:.0f} bytes above its leaf; a stream keeps none."


def _fleet(found: Found) -> Iterator[str]:
    yield f"| one core | {' | '.join(f'{title} leaves/s | of the floor' for title in _KINDS.values())} |"
    yield "|---" * (1 + 2 * len(_KINDS)) + "|"
    for name in sorted(found.fleet["rsa"], key=lambda name: rate(found.fleet["rsa"], name)):
        cells = (
            f"{rate(found.fleet[kind], name):,.0f} | {ratio(found.fleet[kind], name, 'floor'):.3f}" for kind in _KINDS
        )
        yield f"| {PEERS[name][0]} | {' | '.join(cells)} |"


def _median(costs: list[float]) -> float:
    return sorted(costs)[len(costs) // 2]


def _plot(found: Found, file: Path) -> None:
    """Draw how many times as many leaves this library judges as each peer."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to load, and only needed here

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice above

    mpl.rcParams["svg.hashsalt"] = "expressway_certs"
    names = [name for name in PEERS if name in found.fleet["rsa"] and name not in {"floor", _OURS}]
    figure, axes = plt.subplots(figsize=(7, 3.2))
    for place, kind in enumerate(("rsa", "ec")):
        lengths = [ratio(found.fleet[kind], _OURS, name) for name in names]
        at = [number + 0.4 * place for number in range(len(names))]
        bars = axes.barh(at, lengths, height=0.38, label=_KINDS[kind])
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
    axes.set_yticks([number + 0.2 for number in range(len(names))], [PEERS[name][0].replace("`", "") for name in names])
    axes.set_xscale("log")
    axes.set_xlabel("times as many leaves judged by expressway_certs, one core (logarithmic)")
    axes.margins(x=0.12)
    axes.legend()
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
