"""Prove that an Expressway certificate change will work before anyone uploads it.

What it offers stands in the stub beside this file, and is imported when it is first asked for.
"""

from expressway_certs import _lazy

__getattr__, __dir__ = _lazy.front(__name__)
