# shellcheck shell=bash
# What the scripts here share: how they speak, where they keep tools, what counts as changed. Sourced, not run.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
case "$TARGET" in /*) ;; *) TARGET="$PWD/$TARGET" ;; esac
STAMPS="$TARGET/stamps"
# Here and nowhere else, whatever cargo's own settings say: what it builds is started from here.
export CARGO_TARGET_DIR="$TARGET"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least FOUND WANTED
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# The version of a crate in Cargo.lock: the tool that processes its output must be the same.
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" { found = ($3 == name) } found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' \
    "$ROOT/Cargo.lock"
}

# stale STAMP SOURCE…: whether any source changed after the stamp (folders too, so that a deleted file counts), or the stamp is
# of another checkout that builds in the same folder.
stale() {
  local stamp="$1"
  shift
  [ "$(cat "$stamp" 2>/dev/null)" = "$ROOT" ] || return 0
  local sources=() source
  for source in "$@"; do
    if [ -e "$ROOT/$source" ]; then sources+=("$ROOT/$source"); fi
  done
  [ -n "$(find "${sources[@]}" -name dist -prune -o -name target -prune -o -newer "$stamp" -print -quit)" ]
}

APP_SOURCES=(frontend shared scripts/splitting Cargo.toml Cargo.lock)
SERVER_SOURCES=(backend shared migrations Cargo.toml Cargo.lock)

app_is_stale() { [ ! -e "$ROOT/frontend/dist/index.html" ] || stale "$STAMPS/app" "${APP_SOURCES[@]}"; }
server_is_stale() {
  [ ! -x "$TARGET/release/ai-studio" ] || stale "$STAMPS/server" "${SERVER_SOURCES[@]}" ||
    [ "$STAMPS/app" -nt "$STAMPS/server" ]
}

# stamped NAME COMMAND…: runs a build. The stamp has the time of its beginning: what is edited meanwhile counts as new. It says
# which checkout was built.
stamped() {
  local name="$1"
  shift
  mkdir -p "$STAMPS"
  echo "$ROOT" >"$STAMPS/$name.begun"
  "$@"
  mv "$STAMPS/$name.begun" "$STAMPS/$name"
}

# alone LOCK COMMAND…: one at a time, where the system has flock. The command looks again whether there is work left.
alone() {
  local lock="$1"
  shift
  mkdir -p "$(dirname "$lock")"
  if have flock; then
    (
      exec 9>"$lock"
      flock -n 9 || { note "waiting for another one that is at it" && flock 9; }
      "$@" 9>&- # nothing that it starts and leaves running shall hold the lock
    )
  else
    "$@"
  fi
}

# Homebrew keeps libpq out of the linker's sight.
if [ "$(uname -s)" = Darwin ] && have brew; then
  for formula in libpq postgresql@17 postgresql@16; do
    if [ -d "$(brew --prefix)/opt/$formula/lib" ]; then
      export PQ_LIB_DIR="${PQ_LIB_DIR:-$(brew --prefix)/opt/$formula/lib}"
      break
    fi
  done
fi
