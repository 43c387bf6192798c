#!/usr/bin/env bash
# Generated with the bundle: a change here is lost with the next rendering.
set -euo pipefail

readonly RELEASE='gke-nccl-tcpxo'
readonly NAMESPACE='kube-system'
BUNDLE_DIR="$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." >/dev/null && pwd)"
readonly BUNDLE_DIR

fail() {
  echo "error: $*" >&2
  exit 1
}

# run runs a command, or prints it in a dry run.
run() {
  if [[ "${dry_run}" == true ]]; then
    printf '%q ' "$@"
    printf '\n'
    return
  fi
  "$@"
}

prepare_tools() {
  [[ "${dry_run}" == true ]] || command -v kubectl >/dev/null || fail "kubectl is not installed or not in PATH"
  kubectl=(kubectl)
  if [[ -n "${context}" ]]; then
    kubectl+=(--context "${context}")
  fi
}

usage() {
  cat <<'USAGE'
Usage: uninstall.sh [--yes] [--delete-crds] [--delete-namespace] [--dry-run] [--timeout DURATION] [--context NAME]

Removes the objects of this bundle. Definitions of custom resources
and the namespace stay unless a flag says otherwise. It may be run any number of
times. It asks for confirmation on a terminal only.

  --yes               do not ask
  --delete-crds       also delete this component's own definitions, and with them every
                      object of their kinds; those of other components stay
  --delete-namespace  also delete the namespace, and with it everything inside
  --dry-run           print the commands instead of running them
  --timeout DURATION  how long each step may take (default 10m)
  --context NAME      the context of the kubeconfig to use
  -h, --help          show this text
USAGE
}

delete() {
  run "${kubectl[@]}" delete --ignore-not-found --timeout "${timeout}" --filename "${BUNDLE_DIR}/$1"
}

timeout=10m
dry_run=false
yes=false
delete_crds=false
delete_namespace=false
context=''
while (($# > 0)); do
  case "$1" in
  --yes) yes=true ;;
  --delete-crds) delete_crds=true ;;
  --delete-namespace) delete_namespace=true ;;
  --dry-run) dry_run=true ;;
  --timeout | --context)
    (($# >= 2)) || fail "$1 needs a value"
    if [[ "$1" == --timeout ]]; then timeout="$2"; else context="$2"; fi
    shift
    ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    fail "unknown argument: $1"
    ;;
  esac
  shift
done
prepare_tools

if [[ "${yes}" == false && "${dry_run}" == false && -t 0 ]]; then
  read -r -p "Uninstall ${RELEASE} from namespace ${NAMESPACE}? [y/N] " answer
  [[ "${answer}" == [yY]* ]] || fail "nothing was removed"
fi

delete 'manifests/device-injector.yaml'
delete 'manifests/installer.yaml'

if [[ "${delete_crds}" == true ]]; then
  echo "the bundle includes no custom resource definitions" >&2
fi
if [[ "${delete_namespace}" == true ]]; then
  echo "the namespace ${NAMESPACE} is the cluster's own and stays" >&2
fi
