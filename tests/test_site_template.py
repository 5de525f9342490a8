"""The site.toml to begin with: it loads, and every line that is a comment would be right without its #."""

import re
import tomllib

from test_site_format import VALIDATOR

from expressway_certs import Deployment
from expressway_certs.sources.site.folder import SITE_FILE, Written
from expressway_certs.sources.site.reading import read_site
from expressway_certs.sources.site.records import record, tables
from expressway_certs.sources.site.template import commented_site
from expressway_certs.sources.site.words import KEYS

COMMENTED = re.compile(r'^# (?=\[|[a-z_0-9]+ = |"[^"]+" = )', re.MULTILINE)


def test_it_loads_as_it_is() -> None:
    """The placeholders are a site."""
    site = read_site(Written({SITE_FILE: commented_site().encode()}), SITE_FILE, SITE_FILE)
    assert [zone.name for zone in site.zones] == ["Traversal"]
    assert site.zones[0].members == site.expressways


def test_every_example_has_the_right_shape() -> None:
    """With every # taken away the file is TOML, and neither loader nor schema has anything against its shape."""
    values = tomllib.loads(COMMENTED.sub("", commented_site()))
    assert [fault.path for fault in record(Deployment).faults(values, ())] == []
    assert [error.message for error in VALIDATOR.iter_errors(values)] == []


def test_every_key_is_there() -> None:
    """Each key of each table stands in the file once at least, with what it says."""
    text = commented_site()
    for table in tables():
        for key in table.fields:
            words = KEYS[table.of.__name__][key]
            assert f"# {words}" in text, (table.of.__name__, key)
