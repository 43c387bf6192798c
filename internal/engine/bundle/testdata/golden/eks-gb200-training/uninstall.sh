#!/usr/bin/env bash
# Generated with the bundle: a change here is lost with the next rendering.
set -euo pipefail

BUNDLE_DIR="$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" >/dev/null && pwd)"
readonly BUNDLE_DIR

usage() {
  cat <<'USAGE'
Usage: uninstall.sh [--yes] [--delete-crds] [--delete-namespace] [--dry-run] [--timeout DURATION] [--context NAME]

Uninstalls all components of this bundle, the last one first. It stops at the first
that fails, and may be run any number of times. It asks for confirmation once, on a
terminal only. The README of each component says what stays and what goes.

  --yes               do not ask
  --delete-crds       also delete the components' own definitions, and with them every
                      object of their kinds
  --delete-namespace  also delete the namespaces, and with them everything inside
  --dry-run           print the commands instead of running them; needs no helm
  --timeout DURATION  how long each step may take (default 10m)
  --context NAME      the context of the kubeconfig to use
  -h, --help          show this text
USAGE
}

ask=true
arguments=(--yes)
namespaces=()
for argument in "$@"; do
  case "${argument}" in
  --yes) ask=false ;;
  --delete-namespace) namespaces=(--delete-namespace) ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    [[ "${argument}" != --dry-run ]] || ask=false
    arguments+=("${argument}")
    ;;
  esac
done

if [[ "${ask}" == true && -t 0 ]]; then
  read -r -p 'Uninstall nvidia-dra-driver-gpu, aws-efa-k8s-device-plugin and gpu-operator? [y/N] ' answer
  if [[ "${answer}" != [yY]* ]]; then
    echo "error: nothing was removed" >&2
    exit 1
  fi
fi

uninstall() {
  echo "uninstalling $1" >&2
  "${BUNDLE_DIR}/$1/scripts/uninstall.sh" "${arguments[@]}" "${@:2}"
}

uninstall 'nvidia-dra-driver-gpu' ${namespaces[@]+"${namespaces[@]}"} # the last in its namespace
uninstall 'aws-efa-k8s-device-plugin' ${namespaces[@]+"${namespaces[@]}"} # the last in its namespace
uninstall 'gpu-operator' ${namespaces[@]+"${namespaces[@]}"} # the last in its namespace
