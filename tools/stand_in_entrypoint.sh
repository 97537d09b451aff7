#!/bin/sh
# What the suite uses of the official image's entrypoint: a password, initdb, a first server that nobody outside reaches, the server.
set -e
case $1 in -*) set -- postgres "$@" ;; esac
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    exit 1
  fi
  (umask 077 && echo "$POSTGRES_PASSWORD" >/tmp/password)
  eval "initdb -D \"\$PGDATA\" --username=\"\$POSTGRES_USER\" --pwfile=/tmp/password $POSTGRES_INITDB_ARGS"
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  shift
  PGPASSWORD=$POSTGRES_PASSWORD pg_ctl -D "$PGDATA" -w -o "-c listen_addresses= $*" start
  pg_ctl -D "$PGDATA" -m fast -w stop
  set -- postgres "$@"
fi
exec "$@"
