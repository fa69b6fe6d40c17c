# shellcheck shell=bash disable=SC2034
# Sourced by every script: where things are, which versions are used.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
TOOLS=$ROOT/.tools
VENV=$ROOT/.venv
STAMPS=$ROOT/.stamps
BUILD=$ROOT/build

# The oldest Go that the development tools compile with. (The library needs
# only what go.mod says.) GO_PIN is fetched when the machine has no such Go.
GO_MIN=1.26.0
GO_PIN=1.26.6
GOLANGCI_LINT=v2.15.0

export PATH="$TOOLS/go/bin:$TOOLS/bin:$VENV/bin:$PATH"
[ -x "$TOOLS/go/bin/go" ] && export GOROOT="$TOOLS/go"
[ -d /usr/local/go/bin ] && PATH="$PATH:/usr/local/go/bin"
# A checkout owned by another user makes git, and so VCS stamping, fail.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

JOBS=${JOBS:-$(nproc 2> /dev/null || echo 2)}
export JOBS

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# stamped NAME KEY: true when NAME was last made from the same KEY.
stamped() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp() { mkdir -p "$STAMPS" && printf '%s' "$2" > "$STAMPS/$1"; }

# modules shipped|all: the directories of the Go modules, the library first; all are
# those and the benchmark's, whose peers run on few platforms.
modules() {
  printf '%s\n' . cmd/shmbuf
  if [ "$1" = all ]; then echo bench/go; fi
}
