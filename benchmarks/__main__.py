"""`python -m benchmarks` measures everything and writes the tables and the plot; `--small` takes a minute."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from benchmarks import measurements, meshes, report

DOCS: Final = Path(__file__).parent.parent / "docs"


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a small fleet, to see that everything works")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--most", type=int, default=1_000_000, help="leave out fleets of more leaves than this")
    parser.add_argument("--output", type=Path, default=DOCS, help="the folder for the tables and the plot")
    given = parser.parse_args()
    sizes = (measurements.SMALL if given.small else measurements.FULL).up_to(given.most)
    found = measurements.measure(sizes, given.rounds)
    report.write(found, given.output)
    table = meshes.table(meshes.SMALL if given.small else meshes.FULL, given.rounds)
    (given.output / meshes.TABLE.name).write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
