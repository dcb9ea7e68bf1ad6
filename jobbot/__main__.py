"""``python -m jobbot``."""

import sys

from jobbot.cli import main

sys.exit(main())
