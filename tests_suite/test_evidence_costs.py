"""What evidence costs a run that does not ask for it: nothing."""

import subprocess
import sys

from tests_suite.conftest import ROOT


def test_a_run_that_asks_for_no_evidence_imports_no_library_for_it():
    heavy = ("jinja2", "markupsafe", "securesystemslib", "cryptography", "rfc3161_client", "trestle", "selenium")
    watch = (
        "import sys, pytest; code = pytest.main(['-q', 'tests_schema/test_shape_of_the_schema.py']);"
        f"print('imported', code, [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", watch], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported 0 []"
