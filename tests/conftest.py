"""What every test shares: the Hypothesis profile, the nightly marker, a folder of sample files."""

from pathlib import Path

import pytest
from docs_files import docs_files
from profiles import PROFILE, load_profiles

load_profiles()

pytest_plugins = ["pytester"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what takes minutes, except in the nightly profile."""
    if PROFILE == "nightly":
        return
    skip = pytest.mark.skip(reason="runs with HYPOTHESIS_PROFILE=nightly only")
    for item in items:
        if item.get_closest_marker("nightly") is not None:
            item.add_marker(skip)


@pytest.fixture
def sample_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the files that the docs speak of, and make it the current one."""
    docs_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
