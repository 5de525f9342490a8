"""The test kit: certificates made on the spot, whole sites, and what breaks them. For tests, never for production.

What it offers stands in the stub beside this file, and is imported when it is first asked for.
"""

from expressway_certs import _lazy

__getattr__, __dir__ = _lazy.front(__name__)
