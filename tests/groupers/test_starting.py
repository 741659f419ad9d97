"""What loading a scheme costs beside its own work."""

import subprocess
import sys

import pytest

from tests.groupers.conftest import FILES

LOADS = """
import sys
import codebooks, groupers
groupers.load_scheme(codebooks.open_library(), sys.argv[1])
print("pandas" in sys.modules)
"""


@pytest.mark.parametrize("scheme", FILES)
def test_loading_a_scheme_does_not_import_pandas(scheme):
    """It takes longer than the loading; Arrow imports it with the first value that comes from Python."""
    told = subprocess.run([sys.executable, "-c", LOADS, scheme], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"
