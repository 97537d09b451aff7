"""What evidence costs: a run that does not ask for it nothing, and one that does little (tools/evidence_bench.py)."""

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


def test_the_files_of_500_tests_take_less_than_a_third_of_a_second_of_work():
    work = (
        "import time, fixtures.bundled; from tests_suite.oscal_documents import of_tests;"
        "document = of_tests(500); began = time.process_time();"
        "from evidence.projections import projections; made = projections(document);"
        "print(time.process_time() - began, len(made))"
    )
    taken = []
    for _ in range(3):  # of which the machine spoils two
        done = subprocess.run([sys.executable, "-c", work], cwd=ROOT, capture_output=True, text=True, check=True)
        seconds, files = done.stdout.split()
        assert int(files) == 5
        taken.append(float(seconds))
    assert min(taken) < 0.3, taken
