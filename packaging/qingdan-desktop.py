"""Where the frozen window starts. The installed one starts at the same function (`pyproject.toml`)."""

import sys

from desktop.app import main

sys.exit(main())
