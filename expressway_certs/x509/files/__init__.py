"""Files and their formats: from whatever someone saved to DER, and what a file is in plain words.

Import from the modules: `containers` and `source` know nothing of `Certificate`, while `identify` builds on it.
"""
