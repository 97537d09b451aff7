"""CON: an object stays readable after the commit of its session."""

import pytest
from psycopg import sql

from spec import APP
from support.refusals import BrokenError


@pytest.mark.guarantee("CON-04")
def test_what_was_written_is_read_after_the_commit_without_another_query(application, private):
    private.admin.execute("CREATE TABLE public.notes (id text PRIMARY KEY, word text)")
    private.admin.execute(sql.SQL("GRANT SELECT, INSERT ON public.notes TO {}").format(sql.Identifier(APP)))
    process = application.running(private.name)
    if process.made == "engine":
        pytest.skip("an AsyncEngine says nothing of its sessions: let --engine return the sessionmaker")
    read = process.do("remember")
    assert private.admin.execute("SELECT id, word FROM public.notes").fetchall() == [("n1", "written")]
    if "error" in read:
        raise BrokenError(f"after the commit the object's column cannot be read: {' '.join(read['error'])}")
    assert read == {"word": "written"}
