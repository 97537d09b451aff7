"""What differs between the catalogs of two candidates."""

from support import catalog_questions
from support.drift import Comparison
from support.rds_like import DATABASE


def differences(one, other):
    with one.connect("postgres", DATABASE) as live, other.connect("postgres", DATABASE) as candidate:
        for conn in (live, candidate):
            conn.execute("SET search_path = pg_catalog")
        themes = (getattr(catalog_questions, name) for name in ("TABLES", "FUNCTIONS", "POLICIES", "ROLES"))
        comparison = Comparison(live, candidate, "postgres", "postgres")
        return [line for theme in themes for line in comparison.drift(theme)]
