"""`python -m expressway_certs`."""

import sys

from expressway_certs.cli import main

sys.exit(main())
