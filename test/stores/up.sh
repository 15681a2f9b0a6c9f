#!/usr/bin/env bash
# Makes the images that docker-compose.test.yml names available: starts Docker Engine if none answers, pulls what is
# missing where a registry answers, and builds LocalStack and Vault under the same tags where none does. The two cloud
# emulators can only be pulled; without them their suites are skipped.
#
#   test/stores/up.sh [service ...]     default: every service of docker-compose.test.yml
#
# Idempotent; a second run takes under a second. Building needs root on Debian, and Go >= 1.25 for Vault.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
compose=$here/../../docker-compose.test.yml
state=${KEYTURN_STORES_DIR:-/var/lib/keyturn-stores}
base=keyturn-test/base:bookworm

say() { printf 'stores: %s\n' "$*" >&2; }

# Runs a command quietly; what it said is shown only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then rm -f "$log"; return; fi
  tail -15 "$log" >&2
  rm -f "$log"
  return 1
}

apt_install() {
  quietly apt-get update -qq
  DEBIAN_FRONTEND=noninteractive quietly apt-get install -y -qq --no-install-recommends "$@"
}

# --ip: what containers publish is for this machine only.
engine() {
  docker info >/dev/null 2>&1 && return
  if ! command -v dockerd >/dev/null; then
    say 'installing Docker Engine from Debian'
    apt_install docker.io iptables
  fi
  say 'starting Docker Engine'
  mkdir -p "$state"
  setsid dockerd --ip 127.0.0.1 --data-root "$state/docker" >"$state/dockerd.log" 2>&1 </dev/null &
  for _ in $(seq 120); do docker info >/dev/null 2>&1 && return; sleep 0.5; done
  say 'Docker Engine did not start:'
  tail -5 "$state/dockerd.log" >&2
  exit 1
}

services() { sed -n 's/^  \([a-z][a-z-]*\):.*/\1/p' "$compose"; }

image_of() {
  awk -v service="  $1:" 'index($0, service) == 1 { found = 1 } found && $1 == "image:" { print $2; exit }' "$compose"
}

have() { docker image inspect "$1" >/dev/null 2>&1; }

# The manifest is asked for first: it answers, or fails, within seconds, where a pull can hang for minutes.
pull() {
  timeout 15 docker manifest inspect "$1" >/dev/null 2>&1 || return 1
  say "pulling $1"
  quietly timeout 900 docker pull --quiet "$1"
}

# Debian with Python: what both images below are built on.
build_base() {
  have "$base" && return
  say 'building the base image (debootstrap, about 40 s)'
  command -v debootstrap >/dev/null || apt_install debootstrap
  rm -rf "$state/root"
  quietly debootstrap --variant=minbase --include=ca-certificates,curl,python3,python3-venv bookworm "$state/root"
  tar -C "$state/root" -c . | docker import - "$base" >/dev/null
  rm -rf "$state/root"
}

# A scratch copy of an image's folder, for what the build adds to it.
context() {
  rm -rf "${state:?}/$1"
  mkdir -p "$state"
  cp -r "$here/$1" "$state/$1"
}

# --network=host: the build reaches the package registries as this machine does.
build_localstack() {
  build_base
  say "building $1 from PyPI (about 2 min)"
  context localstack
  cp /etc/ssl/certs/ca-certificates.crt "$state/localstack/"
  quietly docker build --quiet --network=host --tag "$1" "$state/localstack"
}

# `minimal`: without it the build needs plugin modules that are not published. Neither inlining nor what
# a debugger reads is missed here, which takes a third off the compiler's work; a stand-in for go-discover leaves out a
# third of what there is to compile.
build_vault() {
  build_base
  say "building $1 from its Go module (about 3 min the first time)"
  context vault
  (cd "$state/vault" && CGO_ENABLED=0 quietly go build -buildvcs=false -tags minimal -trimpath \
    -gcflags 'all=-l -dwarf=false' -ldflags '-s -w' -o vault .)
  quietly docker build --quiet --tag "$1" "$state/vault"
}

engine
[ $# -gt 0 ] || mapfile -t all < <(services)
[ $# -gt 0 ] || set -- "${all[@]}"
for service in "$@"; do
  image=$(image_of "$service")
  if [ -z "$image" ]; then
    say "docker-compose.test.yml has no service $service; it has: $(services | paste -sd' ')"
    exit 2
  fi
  if have "$image" || pull "$image"; then
    say "$service: $image"
  elif declare -F "build_$service" >/dev/null; then
    "build_$service" "$image"
    say "$service: $image"
  else
    say "$service: $image can't be pulled here, and nothing here builds it"
  fi
done
