"""DRF: nobody changed the live database by hand: it is the candidate, no less and no more."""

import pytest

from support import catalog_questions
from support.drift import shown


@pytest.mark.parametrize(
    "theme",
    [
        pytest.param("TABLES", marks=pytest.mark.guarantee("DRF-01")),
        pytest.param("FUNCTIONS", marks=pytest.mark.guarantee("DRF-02")),
        pytest.param("POLICIES", marks=pytest.mark.guarantee("DRF-03")),
        pytest.param("ROLES", marks=pytest.mark.guarantee("DRF-04")),
    ],
)
def test_nothing_differs_in(theme, comparison):
    differences = comparison.drift(getattr(catalog_questions, theme))
    assert not differences, shown(differences)
