"""Wrong site files, and what is said of each: the line, the key, what was expected, and what was found."""

from typing import Final

GOOD: Final = """\
name = "site"

[[expressways]]
name = "expc1.example.com"
role = "C"
release = "X14.2"

[[expressways]]
name = "expe1.example.com"
role = "E"
release = "X14.2"

[[zones]]
name = "Traversal"
core = ["expc1.example.com"]
edge = ["expe1.example.com"]
"""

PATH: Final = "the path of a file in this folder, in quotes"
KEY: Final = "a key of this table"

# What is replaced in the good file, and by what; then line, key, expected, found, and a piece of the whole message.
Wrong = tuple[str, str, int | None, str, str, str, str]

WRONG: Final[dict[str, Wrong]] = {
    "a number for a release": (
        '"E"\nrelease = "X14.2"', '"E"\nrelease = 14.2',
        11, "expressways[1].release", 'a release in quotes, as "X14.2.7"', "the number 14.2", "",
    ),
    "no release": (
        '"E"\nrelease = "X14.2"', '"E"\nrelease = "latest"',
        11, "expressways[1].release", "", "a value that does not fit",
        "'latest' is no Expressway release; write it as in X14.2.7, X14.3 or 15.5",
    ),
    "a key misspelt": (
        'release = "X14.2"', 'relase = "X14.2"',
        6, "expressways[0].relase", KEY, "an unknown key", 'did you mean "release"?',
    ),
    "a key of the site below a table": (
        'release = "X14.2"', 'release = "X14.2"\nmra_domains = ["example.com"]',
        7, "expressways[0].mra_domains", KEY, "an unknown key", "it is a key of the site: write it above",
    ),
    "a key of nothing": (
        'name = "site"', 'name = "site"\n"what ?" = 1',
        2, '"what ?"', KEY, "an unknown key", "the keys of this table are format, name, expressways, zones",
    ),
    "a table misspelt": (
        "[[zones]]", "[[zone]]",
        13, "zone", KEY, "an unknown key", 'did you mean "zones"?',
    ),
    "a table for a list of tables": (
        "[[zones]]", "[zones]",
        13, "zones", "a list, each of it a table", "a table", "",
    ),
    "a role of nothing": (
        'role = "E"', 'role = "Edge"',
        10, "expressways[1].role", 'one of "C", "E", "Expressway-C", "Expressway-E"', '"Edge"', "",
    ),
    "a role in small letters": (
        'role = "E"', 'role = "expressway-e"',
        10, "expressways[1].role", 'one of "C", "E", "Expressway-C", "Expressway-E"', '"expressway-e"',
        'did you mean "Expressway-E"?',
    ),
    "no role": (
        'role = "E"\n', "",
        8, "expressways[1]", 'the key role, one of "C", "E", "Expressway-C", "Expressway-E"', "a table without it", "",
    ),
    "no name": (
        'name = "expe1.example.com"', 'name = ""',
        9, "expressways[1].name", "a text in quotes, which is not empty", '""', "",
    ),
    "a text for a list": (
        '["expe1.example.com"]', '"expe1.example.com"',
        16, "zones[0].edge", "a list, each of it a text in quotes", '"expe1.example.com"', "",
    ),
    "a number in a list": (
        '["expe1.example.com"]', '["expe1.example.com",\n  5]',
        17, "zones[0].edge[1]", "a text in quotes", "the number 5", "",
    ),
    "a peer of nothing": (
        '["expe1.example.com"]', '["expe.example.com"]',
        16, "zones[0].edge[0]", "", "a name of nothing",
        ('no table of [[expressways]] has the name expe.example.com: found a name of nothing; '
        'did you mean "expe1.example.com"?'),
    ),
    "a peer almost named": (
        'name = "expe1.example.com"', 'name = "\u202eexpe1.example.com"',
        16, "zones[0].edge[0]", "", "a name of nothing", r'did you mean "\u202eexpe1.example.com"?',
    ),
    "a peer of the wrong side": (
        '["expe1.example.com"]', '["expc1.example.com"]',
        13, "zones[0]", "", "a value that does not fit", "expc1.example.com is no Expressway-E",
    ),
    "a name twice": (
        'name = "expe1.example.com"', 'name = "expc1.example.com"',
        9, "expressways[1].name", "", "a name that is taken", "expc1.example.com stands twice among the Expressways",
    ),
    "a text for a flag": (
        'role = "E"', 'role = "E"\nrevocation_checking = "On"',
        11, "expressways[1].revocation_checking", "true or false", '"On"', "",
    ),
    "a date": (
        'role = "E"', 'role = "E"\naddress = 2026-11-25',
        11, "expressways[1].address", "a text in quotes", "a date or time", "",
    ),
    "no address": (
        'role = "E"', 'role = "E"\naddress = "192.0.2.256"',
        11, "expressways[1].address", "", "a value that does not fit",
        "'192.0.2.256' does not appear to be an IPv4 or IPv6 address",
    ),
    "an inline table": (
        'role = "E"', 'role = "E"\nsettings = { eku_checking_off = "something" }',
        11, "expressways[1].settings.eku_checking_off", 'one of "serverAuth if present", "nothing"', '"something"', "",
    ),
    "a dotted key": (
        'role = "E"', 'role = "E"\nsettings.eku_checking = "nothing"',
        11, "expressways[1].settings.eku_checking", KEY, "an unknown key", 'did you mean "eku_checking_off"?',
    ),
    "a table further in": (
        'edge = ["expe1.example.com"]\n',
        'edge = ["expe1.example.com"]\n[[zones.far_ends]]\nname = "a"\n[[zones.far_ends]]\nname = 7\n',
        20, "zones[0].far_ends[1].name", "a text in quotes, which is not empty", "the number 7", "",
    ),
    "no file": (
        'role = "E"', 'role = "E"\nserver_certificate = "expe1/server.pem"',
        11, "expressways[1].server_certificate", "", "no file of that name", "expe1/server.pem: cannot be read",
    ),
    "a file with a key alone": (
        'role = "E"', 'role = "E"\nserver_certificate = "leaf.key"',
        11, "expressways[1].server_certificate", "", "a private key", "leaf.key: holds no certificate",
    ),
    "two certificates for one": (
        'role = "E"', 'role = "E"\nserver_certificate = "bundle.pem"',
        11, "expressways[1].server_certificate", "", "2 certificates", "bundle.pem: the input holds 2 certificates",
    ),
    "a certificate for a request": (
        'role = "E"', 'role = "E"\npending_request = "leaf.pem"',
        11, "expressways[1].pending_request", "", "a certificate", "leaf.pem: holds no certificate request",
    ),
    "a list of files": (
        'role = "E"', 'role = "E"\ntrusted_ca = ["root.pem",\n"request.csr"]',
        12, "expressways[1].trusted_ca[1]", "", "a certificate request (CSR)", "request.csr: holds no certificate",
    ),
    "a list with a name": (
        'role = "E"', 'role = "E"\ntrusted_ca = { file = "root.pem", name = "x" }',
        11, "expressways[1].trusted_ca.file", '"files" or "name"', "another key", 'did you mean "files"?',
    ),
    "a number for a list of CAs": (
        'role = "E"', 'role = "E"\ntrusted_ca = 5',
        11, "expressways[1].trusted_ca",
        f'{PATH}, or a list of such, or {{ files = [...], name = "..." }}, or {{ list = "public" }}',
        "the number 5", "",
    ),
    "a list that is called otherwise": (
        'role = "E"', 'role = "E"\ntrusted_ca = { list = "Mozilla" }',
        11, "expressways[1].trusted_ca.list", '"public"', '"Mozilla"', "",
    ),
    "a list and files": (
        'role = "E"', 'role = "E"\ntrusted_ca = { list = "public", files = "root.pem" }',
        11, "expressways[1].trusted_ca.files", 'nothing beside "list"', "another key", "",
    ),
    "a CRL of nothing": (
        'role = "E"', 'role = "E"\ncrls = ["root.crl", "leaf.ocsp"]',
        11, "expressways[1].crls[1]", "", "an OCSP response", "leaf.ocsp: holds no CRL",
    ),
    "a path out of the folder": (
        'role = "E"', 'role = "E"\nserver_certificate = "../leaf.pem"',
        11, "expressways[1].server_certificate", "", 'a path with ".." in it', "no path of a file in this folder",
    ),
    "an upload for nobody": (
        'edge = ["expe1.example.com"]\n',
        'edge = ["expe1.example.com"]\n[[uploads]]\nfile = "leaf.pem"\nnode = "expe9.example.com"\n',
        19, "uploads[0].node", "", "a name of nothing", "no table of [[expressways]] has the name expe9.example.com",
    ),
    "another version": (
        'name = "site"', 'format = "expressway_certs/site/9"\nname = "site"',
        1, "format", '"expressway_certs/site/1"', '"expressway_certs/site/9"', "",
    ),
    "no TOML": (
        'role = "E"', "role = E",
        10, "", "", "a line that cannot be read", "the file is no TOML: Invalid value",
    ),
    "a quote left open": (
        'edge = ["expe1.example.com"]\n', 'edge = ["expe1.example.com"',
        16, "", "", "a line that cannot be read", "the file is no TOML: Unclosed array",
    ),
    "a key twice": (
        'role = "E"', 'role = "E"\nrole = "C"',
        11, "", "", "a line that cannot be read", "the file is no TOML: Cannot overwrite a value",
    ),
    "a number of many digits": (
        'role = "E"', f'role = "E"\naddress = {"9" * 5000}',
        11, "", "", "a line that cannot be read", "the file is no TOML: a number with thousands of digits",
    ),
    "levels without end": (
        'role = "E"', f'role = "E"\naddress = {"[" * 100_000}',
        11, "", "", "over 8 levels, or very many values", "the site has more levels or values than any site needs",
    ),
    "a key without end": (
        'role = "E"', f'role = "E"\n{"a." * 100_000}a = 1',
        11, "", "", "over 8 levels, or very many values", "the site has more levels or values than any site needs",
    ),
    "values without end": (
        'role = "E"', f'role = "E"\naddress = [{"1," * 300_000}]',
        11, "", "", "over 8 levels, or very many values", "the site has more levels or values than any site needs",
    ),
    "a zone twice": (
        'edge = ["expe1.example.com"]\n',
        'edge = ["expe1.example.com"]\n[[zones]]\nname = "traversal"\nkind = "DNS"\nnodes = ["expc1.example.com"]\n',
        None, "", "", "a value that does not fit", "traversal stands twice among the zones",
    ),
    "a private key for a role": (
        'role = "E"', 'role = """\n-----BEGIN PRIVATE KEY-----\nMIIE\n"""',
        10, "expressways[1].role", 'one of "C", "E", "Expressway-C", "Expressway-E"', "a text of 33 characters", "",
    ),
    "the inside of a private key for a role": (
        'role = "E"', 'role = """MIIE\nMIIE"""',
        10, "expressways[1].role", 'one of "C", "E", "Expressway-C", "Expressway-E"', "a text of 9 characters", "",
    ),
    "a private key on one line": (
        'role = "E"', 'role = "-----BEGIN PRIVATE KEY-----MIIE"',
        10, "expressways[1].role", 'one of "C", "E", "Expressway-C", "Expressway-E"', "a text of 31 characters", "",
    ),
    "a private key without its frame": (
        'role = "E"', f'role = "E"\nserver_certificate = "{"MIIE" * 400}"',
        11, "expressways[1].server_certificate", "", "a name longer than files have",
        "(a text of 1600 characters): no path of a file in this folder",
    ),
    "a private key for a release": (
        '"E"\nrelease = "X14.2"', f'"E"\nrelease = "{"MIIE" * 400}"',
        11, "expressways[1].release", "", "a value that does not fit", "characters is no Expressway release",
    ),
    "a private key for a peer": (
        '["expe1.example.com"]', f'["{"MIIE" * 400}"]',
        16, "zones[0].edge[0]", "", "a name of nothing", "has the name (a text of 1600 characters)",
    ),
    "a private key for a key": (
        'role = "E"', f'role = "E"\n"{"MIIE" * 400}" = 1',
        11, 'expressways[1]."(a text of 1600 characters)"', "a key of this table", "an unknown key", "",
    ),
    "a private key for a path": (
        'role = "E"', 'role = "E"\nserver_certificate = 5\naddress = """\n-----BEGIN PRIVATE KEY-----\nMIIE"""',
        11, "expressways[1].server_certificate", PATH, "the number 5", "",
    ),
}  # fmt: skip
