"""CON: over TLS or not at all."""

import psycopg
import pytest

from spec import APP
from support.application import until_only
from support.downgrade import relay
from support.operations_server import log_of
from support.refusals import BrokenError


@pytest.mark.guarantee("CON-06")
def test_an_engine_of_the_connection_string_connects_over_tls(given_application, private):
    application, server = given_application, given_application.server
    with pytest.raises(psycopg.OperationalError, match="no encryption"):  # this server takes nothing else
        psycopg.connect(server.dsn(APP, private.name), host="127.0.0.1", sslmode="disable")
    application.works()
    if application.refused:
        raise BrokenError(f"an engine of {application.form} does not connect: {application.refused}")
    process = application.process()
    process.do("make", url=application.url(application.form, private.name))
    [outcome] = process.do("open", number=1)
    assert until_only(private.admin, {outcome["pid"]}) == {outcome["pid"]}
    assert private.admin.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = %s", [outcome["pid"]]).fetchone() == (True,)
    authenticated = [line for line in log_of(server).read_text().splitlines() if f'identity="{APP}"' in line]
    assert {line.partition(" method=")[2].split()[0] for line in authenticated} == {"scram-sha-256"}


@pytest.mark.guarantee("CON-09")
def test_a_server_that_offers_no_tls_is_refused(application, private):
    server, form = application.server, application.works()
    with relay(server, honest=True) as port:
        why = application.trial(form, private.name, port)
        assert not why, f"through a relay that changes nothing the engine does not connect: {why}"
    with relay(server, honest=False) as port:
        login = server.dsn(APP, private.name)
        with psycopg.connect(login, host="127.0.0.1", port=port, sslmode="prefer") as giving_in:
            assert not giving_in.pgconn.ssl_in_use  # whoever gives in gets in
        assert application.trial(form, private.name, port), (
            f"an engine of {form} logged in without TLS when told that there is none"
        )
