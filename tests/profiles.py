"""Hypothesis profiles: how many examples a run draws, chosen by the environment variable HYPOTHESIS_PROFILE.

"dev" is for the loop of a programmer, "ci" for every run that counts, "nightly" for hours nobody waits for.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci")

# How many times the examples of a "ci" run each profile draws.
SCALE: Final = {"dev": 0.1, "ci": 1.0, "nightly": 50.0}


def examples(ci: int) -> int:
    """Return how many examples a test draws that needs *ci* of them in a "ci" run: for ``settings(max_examples=…)``."""
    return max(1, round(ci * SCALE[PROFILE]))


def load_profiles() -> None:
    """Register the three profiles and load the chosen one."""
    for name in SCALE:
        settings.register_profile(
            name,
            max_examples=max(1, round(100 * SCALE[name])),
            # How long an example takes says more about the machine than about the code.
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            print_blob=True,
        )
    settings.load_profile(PROFILE)
