# Functions and paths that the set-up scripts share. Source this file; do not run it.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Everything that the set-up creates for this clone; `make clean` removes it.
setup=$PWD/.setup
venv=$setup/venv
evcxr_version=0.22.0
# Outside the clone: compiling evcxr takes 5 minutes and does not depend on our sources, so all clones share one.
evcxr_root=${XDG_CACHE_HOME:-$HOME/.cache}/gradus/evcxr-$evcxr_version

say() { printf '== %s\n' "$*" >&2; }
# Ends with one sentence about something that only the user can fix. Exit code 2.
die() {
  printf 'gradus: %s\n' "$*" >&2
  exit 2
}

has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# apt_install PACKAGE…: installs packages with apt; returns non-zero if apt fails.
apt_install() {
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "system packages are missing; run as root: apt-get install $*"
    sudo=(sudo)
  fi
  mkdir -p "$setup"
  if [ -z "${apt_updated:-}" ]; then
    "${sudo[@]}" apt-get update -q >"$setup/apt.log" 2>&1 || true
    apt_updated=yes
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >>"$setup/apt.log" 2>&1
}

# Prints the path of an evcxr_jupyter of our version: on the PATH (`cargo install` lists versions there), or in the cache.
find_evcxr() {
  local found root
  if found=$(command -v evcxr_jupyter); then
    root=$(dirname "$(dirname "$found")")
    if grep -qs "\"evcxr_jupyter $evcxr_version " "$root/.crates.toml"; then
      printf '%s\n' "$found"
      return
    fi
  fi
  found=$evcxr_root/bin/evcxr_jupyter
  [ -x "$found" ] && printf '%s\n' "$found"
}

# Prints the folder of the standard library's sources: those of rustup, or those of the distribution.
find_rust_src() {
  local dir
  for dir in "$(rustc --print sysroot)/lib/rustlib/src/rust/library" $(printf '%s\n' /usr/src/rustc-*/library | sort -rV); do
    if [ -f "$dir/core/src/lib.rs" ]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  return 1
}
