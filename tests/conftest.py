"""What every test runs under: no screen, and property tests that find the same examples each time."""

import os

from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# "house" repeats itself (a red run can be run again); HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
