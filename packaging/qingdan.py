"""Where the frozen program starts. The installed one starts at the same function (`pyproject.toml`)."""

import sys

from audit.cli import main

sys.exit(main())
