"""Releases, the table of what they do differently, and the settings where sources disagree."""

import itertools
import re
from pathlib import Path
from typing import Final

import attrs
import pytest

from expressway_certs import Behaviour, Expressway, Release, Role, Settings, Switch
from expressway_certs.product import emulation
from expressway_certs.product.emulation import Emulation
from expressway_certs.product.release import NEWEST, OLDEST
from expressway_certs.product.settings import CONFLICTS
from expressway_certs.product.steps import STEPS, Step

FACTS: Final = Path(__file__).parents[2] / "shared" / "facts"
WITH_FACTS: Final = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside this checkout")
RELEASES: Final = ("X12.5", "X14.0", "X14.0.2", "X14.2", "X14.3", "X15.0", "X15.2", "X15.4", "X15.5")


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("X14.2.7", (14, 2, 7)),
        ("x14", (14, 0, 0)),
        ("14.3", (14, 3, 0)),
        ("X15.5.0", (15, 5, 0)),
        (" X12.5\n", (12, 5, 0)),
        (Release("X15.2"), (15, 2, 0)),
    ],
)
def test_what_people_write_is_understood(written: str, numbers: tuple[int, int, int]) -> None:
    """With and without X, in either case, with one to three numbers."""
    assert Release(written).numbers == numbers


@pytest.mark.parametrize(
    "written", ["", "X", "latest", "14.", "X14.2.7.1", "-14", "X14,2", "X\u0661\u0664", "14.2b", None, 14, 15.10]
)
def test_nonsense_is_refused(written: object) -> None:
    """Anything else is a ValueError that says how a release is written."""
    with pytest.raises(ValueError, match=r"is no Expressway release; write it as in X14\.2\.7"):
        Release(written)  # type: ignore[arg-type]


def test_releases_sort_by_their_numbers() -> None:
    """X14.10 comes after X14.2, and a maintenance release after the one that it mends."""
    written = ["X15.5", "X14.10", "X14.2.1", "X14.2", "X12.5"]
    assert [str(one) for one in sorted(map(Release, written))] == ["X12.5", "X14.2", "X14.2.1", "X14.10", "X15.5"]


@pytest.mark.parametrize(
    ("release", "known", "behaves_as"),
    [("X15.5.9", True, "X15.5.9"), ("X15.6", False, "X15.5"), ("X8.11", False, "X12.5"), ("X12.5", True, "X12.5")],
)
def test_an_unknown_release_behaves_as_the_nearest_known(release: str, known: bool, behaves_as: str) -> None:
    """A newer one as the newest, an older one as the oldest; a maintenance release of a known one is known."""
    found = Release(release)
    assert (found.is_known, found.behaves_as) == (known, Release(behaves_as))


@pytest.mark.parametrize(("release", "role"), list(itertools.product(RELEASES, Role)))
def test_the_table_is_complete(release: str, role: Role) -> None:
    """Every behaviour has a value for every release and role, and the step that decides is not newer."""
    node = Emulation(release=Release(release), role=role)
    assert all(node.step(behaviour).since <= Release(release) for behaviour in Behaviour)


def test_every_behaviour_starts_with_the_oldest_release() -> None:
    """There is one unconditional first step for each."""
    first = [step.behaviour for step in STEPS if step.since == OLDEST and not step.conditions]
    assert first == list(Behaviour)


def test_no_step_repeats_the_one_before_it() -> None:
    """An unconditional step changes the value, or it would say nothing."""
    for behaviour in Behaviour:
        values = [step.value for step in STEPS if step.behaviour is behaviour and not step.conditions]
        assert all(before is not after for before, after in itertools.pairwise(values)), behaviour


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_every_step_decides_somewhere(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one step some node of some release behaves differently, or has nothing to go by."""
    behaviour = STEPS[number].behaviour
    before = _everywhere(behaviour)
    monkeypatch.setattr(emulation, "STEPS", (*STEPS[:number], *STEPS[number + 1 :]))
    try:
        assert _everywhere(behaviour) != before
    except ValueError as error:
        assert "empty" in str(error)  # noqa: PT017 - either outcome shows that the step is needed


def _everywhere(behaviour: Behaviour) -> list[bool]:
    """Return the value of a behaviour for every release, role, switch and choice of one setting."""
    choices = [Settings(), *(Settings(**{one.setting: side.value}) for one in CONFLICTS for side in one.sides)]
    nodes = [
        Emulation(release=Release(release), role=role, switches=switches, settings=settings)
        for release in (*RELEASES, "X12.6", "X14.0.1", "X14.0.8")
        for role in Role
        for switches in (set(), *({switch} for switch in Switch))
        for settings in choices
    ]
    return [node.has(behaviour) for node in nodes]


@WITH_FACTS
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.behaviour.name}-{step.since}")
def test_a_step_stands_in_the_facts(step: Step) -> None:
    """The section that a step names is there, with its source keys, and with its release unless it is the oldest."""
    section, keys = _quoted(step.source.key)
    assert [key for key in keys if key not in section] == []
    if step.since != OLDEST:
        assert _release_in(str(step.since), section)


def _quoted(source: str) -> tuple[str, list[str]]:
    """Return the text of the section that a source names, and its keys there."""
    match = re.fullmatch(r"(platform|mra)\.md (?:§)?(\S+)(?: C\d+)?: (.+)", source)
    assert match, source
    text = (FACTS / f"{match[1]}.md").read_text(encoding="utf-8")
    number = re.escape(match[2])
    heading = re.search(rf"^#+ {number}\.? .*$", text, re.MULTILINE)
    assert heading, source
    level = heading.group().split()[0]
    rest = text[heading.end() :]
    end = re.search(rf"^#{{1,{len(level)}}} ", rest, re.MULTILINE)
    return heading.group() + rest[: end.start() if end else None], match[3].split(", ")


def _release_in(release: str, section: str) -> bool:
    """Whether a section speaks of a release, in one of the ways the facts write it."""
    number = release.removeprefix("X")
    major, _, minor = number.partition(".")
    spellings = [number, f"X{number}", f"≤{number}", f"X{major}.{int(minor) - 1}" if minor.isdigit() else number]
    return any(spelling in section for spelling in spellings)


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda conflict: conflict.row)
def test_a_setting_takes_its_sides_and_no_other(conflict: object) -> None:
    """The default is the first side; every side is taken; another word is refused with the sides named."""
    assert attrs.asdict(Settings())[conflict.setting] == conflict.default
    for side in conflict.sides:
        assert getattr(Settings(**{conflict.setting: side.value}), conflict.setting) == side.value
    with pytest.raises(ValueError, match=f"{conflict.setting} is one of '{conflict.default}'"):
        Settings(**{conflict.setting: "maybe"})


def test_every_setting_is_a_conflict() -> None:
    """No setting is without its row, and no row without its setting."""
    assert [field.name for field in attrs.fields(Settings)] == [conflict.setting for conflict in CONFLICTS]


@WITH_FACTS
def test_every_conflict_of_the_facts_has_a_setting() -> None:
    """The rows of §11 and the settings are the same."""
    section, _ = _quoted("platform.md §11: x")
    rows = [conflict.row for conflict in CONFLICTS if conflict.table == "platform.md §11"]
    assert rows == re.findall(r"^\| (C\d+) \|", section, re.MULTILINE)


@WITH_FACTS
def test_an_open_question_of_mra_stands_in_its_table() -> None:
    """The other settings are rows of mra.md D, by their topic and their sides."""
    text = (FACTS / "mra.md").read_text(encoding="utf-8")
    section = text[text.index("# D. ") : text.index("# E. ")]
    rows = [conflict for conflict in CONFLICTS if conflict.table == "mra.md D"]
    assert len(rows) + 11 == len(CONFLICTS)
    assert [one.row for one in rows if f"| {one.row} |" not in section] == []


@pytest.mark.parametrize(
    ("behaviour", "settings", "release", "expected"),
    [
        (Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN, Settings(), "X14.2", True),
        (Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN, Settings(untrusted_chain_upload="warning"), "X14.2", False),
        (Behaviour.VERIFIES_UC_SERVERS, Settings(), "X14.0.8", False),
        (Behaviour.VERIFIES_UC_SERVERS, Settings(traffic_server_verifies_since="X14.0.8"), "X14.0.8", True),
        (Behaviour.VERIFIES_UC_SERVERS, Settings(traffic_server_verifies_since="X14.0.8"), "X14.0.7", False),
        (Behaviour.UPLOAD_NEEDS_CLIENT_AUTH, Settings(edge_server_only_on_x15_5="refuse"), "X15.5", True),
    ],
)
def test_a_setting_takes_the_other_side(behaviour: Behaviour, settings: Settings, release: str, expected: bool) -> None:
    """A node with the setting behaves as the other sources say, and the choice can be asked for."""
    node = Expressway(name="expe1.example.com", role="E", release=release, settings=settings)
    assert node.emulation.has(behaviour) is expected


def test_a_choice_is_told_where_it_matters() -> None:
    """A behaviour names the settings that it rests on in that release, and no others."""
    x12, x14 = (Emulation(release=Release(one), role=Role.CORE) for one in ("X12.5", "X14.2"))
    assert [one.setting for one in x14.choices(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN)] == ["untrusted_chain_upload"]
    assert x12.choices(Behaviour.UPLOAD_NEEDS_TRUSTED_CHAIN) == ()
    assert x14.choices(Behaviour.UPLOAD_NEEDS_FQDN) == ()


@pytest.mark.parametrize(
    ("before", "after", "behaviours"),
    [
        ("X14.2", "X14.2.7", set()),
        ("X14.3", "X15.0", set()),
        ("X14.3", "X15.2", {Behaviour.SIP_ASKS_FOR_RSA}),
        (
            "X15.2",
            "X15.4",
            {
                Behaviour.UPLOAD_NEEDS_CLIENT_AUTH,
                Behaviour.UPLOAD_NEEDS_SERVER_AUTH,
                Behaviour.SERVICE_NEEDS_CLIENT_AUTH,
                Behaviour.CLUSTER_NEEDS_CLIENT_AUTH,
                Behaviour.XCP_NEEDS_BOTH,
                Behaviour.ALARMS_DOMAIN_EXPIRY,
            },
        ),
    ],
)
def test_differences_are_what_an_upgrade_changes(before: str, after: str, behaviours: set[Behaviour]) -> None:
    """Between two releases, each behaviour that differs; the way back gives the same ones."""
    found = Release.differences(before, after)
    back = Release.differences(after, before)
    assert {one.behaviour for one in found} == behaviours
    assert [(one.behaviour, one.role, one.before) for one in found] == [
        (one.behaviour, one.role, one.after) for one in back
    ]


SERVER_EKU: Final = Switch.SERVER_EKU_UPLOAD.value
SIP_WANTS: Final = "Expressway-C: inbound SIP TLS wants client authentication of who connects"
REFUSED: Final = "Expressway-E: a server certificate without client authentication is refused"


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [
        ("X15.3", "X15.4", f"{REFUSED}: yes in X15.3, yes in X15.4 (no with {SERVER_EKU})"),
        ("X15.4", "X15.5", f"{REFUSED}: yes in X15.4 (no with {SERVER_EKU}), no in X15.5"),
        (
            "X15.4",
            "X15.5",
            f"{SIP_WANTS}: yes in X15.4, yes in X15.5 (no with {Switch.EKU_UNCHECKED.value})",
        ),
    ],
)
def test_a_switch_that_comes_or_goes_is_a_difference(before: str, after: str, printed: str) -> None:
    """What it makes of the behaviour stands beside the value without it (platform.md §1.2 and §7)."""
    assert printed in {str(one) for one in Release.differences(before, after)}


def test_what_one_of_the_two_does_is_no_difference_of_the_other() -> None:
    """Expressway-C connects to Unified CM, makes requests for its profiles and judges SERVICE (mra.md A2.1 and A3)."""
    found = Release.differences(OLDEST, NEWEST)
    core, edge = ({one.behaviour for one in found if one.role is role} for role in Role)
    assert edge - core == {Behaviour.ALARMS_DOMAIN_EXPIRY}
    assert core - edge == {
        Behaviour.REQUEST_NEEDS_FQDN_PROFILES,
        Behaviour.PRESENTS_TO_UC_SERVERS,
        Behaviour.VERIFIES_UC_SERVERS,
        Behaviour.SERVICE_NEEDS_CLIENT_AUTH,
        Behaviour.ASKS_FOR_ECDSA,
    }


def test_the_newest_release_is_the_table_s() -> None:
    """What counts as known ends with the newest step."""
    assert max(step.since for step in STEPS) == NEWEST


@pytest.mark.parametrize(("written", "role"), [("C", Role.CORE), ("E", Role.EDGE), ("Expressway-C", Role.CORE)])
def test_a_role_is_written_short_or_in_full(written: str, role: Role) -> None:
    """The letter does, and so does the product's name."""
    assert Expressway(name="exp.example.com", role=written).role is role  # type: ignore[arg-type]


def test_another_role_is_refused() -> None:
    """The error says what there is."""
    with pytest.raises(ValueError, match=r"^role is 'C' \(Expressway-C\) or 'E' \(Expressway-E\), not 'e'$"):
        Expressway(name="exp.example.com", role="e")  # type: ignore[arg-type]
