#!/usr/bin/env bash
# Generated with the bundle: a change here is lost with the next rendering.
set -euo pipefail

BUNDLE_DIR="$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" >/dev/null && pwd)"
readonly BUNDLE_DIR

usage() {
  cat <<'USAGE'
Usage: install.sh [--dry-run] [--no-wait] [--timeout DURATION] [--context NAME]

Installs all components of this bundle in order, or brings installed ones up to date.
It stops at the first that fails, and may be run any number of times.

  --dry-run           print the commands instead of running them; needs no helm
  --no-wait           do not wait until a component reports that it is ready
  --timeout DURATION  how long each step may take (default 20m)
  --context NAME      the context of the kubeconfig to use
  -h, --help          show this text
USAGE
}

for argument in "$@"; do
  if [[ "${argument}" == -h || "${argument}" == --help ]]; then
    usage
    exit 0
  fi
done

install() {
  echo "installing $1" >&2
  "${BUNDLE_DIR}/$1/scripts/install.sh" "${@:2}"
}

install 'nodewright' "$@"
install 'gpu-operator' "$@"
