#!/usr/bin/env bash
# Generated with the bundle: a change here is lost with the next rendering.
set -euo pipefail

readonly RELEASE='gpu-operator'
readonly CHART='gpu-operator'
readonly REPOSITORY='https://helm.ngc.nvidia.com/nvidia'
readonly VERSION='v26.7.0'
readonly NAMESPACE='gpu-operator'
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

apply() {
  run "${kubectl[@]}" apply --filename "${BUNDLE_DIR}/$1"
}

prepare_tools() {
  local tool
  for tool in helm kubectl; do
    [[ "${dry_run}" == true ]] || command -v "${tool}" >/dev/null || fail "${tool} is not installed or not in PATH"
  done
  helm=(helm)
  kubectl=(kubectl)
  if [[ -n "${context}" ]]; then
    helm+=(--kube-context "${context}")
    kubectl+=(--context "${context}")
  fi
}

usage() {
  cat <<'USAGE'
Usage: install.sh [--dry-run] [--no-wait] [--timeout DURATION] [--context NAME]

Installs the chart with the values of this bundle and the objects next to it, or
brings an installed one up to date. It may be run any number of times.

  --dry-run           print the commands instead of running them
  --no-wait           do not wait until the component reports that it is ready
  --timeout DURATION  how long each step may take (default 20m)
  --context NAME      the context of the kubeconfig to use
  -h, --help          show this text
USAGE
}

# A definition appears some time after the operator that installs it has started.
wait_for_crd() {
  local attempt
  for attempt in {1..60}; do
    if [[ "${dry_run}" == true || -n "$("${kubectl[@]}" get crd "$1" --ignore-not-found --output name)" ]]; then
      run "${kubectl[@]}" wait --for=condition=Established --timeout "${timeout}" "crd/$1"
      return
    fi
    echo "waiting for the definition $1 (${attempt}/60)" >&2
    sleep 5
  done
  fail "the definition $1 did not appear; look at the operator's log in namespace ${NAMESPACE}"
}

# Helm takes a directory of the chart's name for the chart itself, and the
# directory that holds this bundle has one.
leave_directory_of_chart_name() {
  [[ -e "${CHART}" ]] || return 0
  if [[ -n "${KUBECONFIG:-}" ]]; then
    local file files absolute=''
    IFS=: read -r -a files <<<"${KUBECONFIG}"
    for file in "${files[@]}"; do
      [[ "${file}" == /* ]] || file="${PWD}/${file}"
      absolute+="${absolute:+:}${file}"
    done
    export KUBECONFIG="${absolute}"
  fi
  CDPATH='' cd -- "${BUNDLE_DIR}" >/dev/null
}

# What the chart has in its folder crds, and this component's values ask for.
readonly DEFINITIONS=(
  'clusterpolicies.nvidia.com'
  'gpuclusters.nvidia.com'
  'nodefeaturegroups.nfd.k8s-sigs.io'
  'nodefeaturerules.nfd.k8s-sigs.io'
  'nodefeatures.nfd.k8s-sigs.io'
  'nvidiadrivers.nvidia.com'
)

# Helm 3 puts no line between two files: there, a key comes a second time.
own_definitions() {
  awk -v names=" ${DEFINITIONS[*]} " '
    function flush(  i) {
      if (own) print "---"
      for (i = 0; own && i < lines; i++) print line[i]
      lines = own = 0
      split("", seen)
    }
    /^---/ { flush(); next }
    /^[a-zA-Z]/ {
      if ($1 in seen) flush()
      seen[$1]
      metadata = $1 == "metadata:"
    }
    { line[lines++] = $0 }
    metadata && $1 == "name:" && index(names, " " $2 " ") { own = 1 }
    END { flush() }'
}

# Helm installs these definitions once and never upgrades them. They stay where the
# cluster has a newer release of the chart. Helm's field manager is kept, so that
# whoever takes over from Helm takes over from this.
apply_definitions() {
  local show apply await installed pattern definitions
  show=("${helm[@]}" show crds "${CHART}" --repo "${REPOSITORY}" --version "${VERSION}")
  apply=("${kubectl[@]}" apply --server-side --force-conflicts --field-manager helm --filename -)
  await=("${kubectl[@]}" wait --for=condition=Established --timeout "${timeout}" --filename -)
  if [[ "${dry_run}" == true ]]; then
    run "${show[@]}"
    run "${apply[@]}"
    run "${await[@]}"
    return
  fi
  installed="$("${helm[@]}" list --namespace "${NAMESPACE}" --filter "^${RELEASE}\$" --output json)"
  pattern="\"chart\": *\"${CHART##*/}-([^\"]+)\""
  if [[ "${installed}" =~ ${pattern} ]] && ! printf '%s\n' "${BASH_REMATCH[1]}" "${VERSION}" | tr - '~' | sort -C -V; then
    echo "the definitions of ${BASH_REMATCH[1]} stay: it is newer than ${VERSION}" >&2
    return
  fi
  definitions="$("${show[@]}" | own_definitions)"
  if [[ -z "${definitions}" ]]; then
    echo "the chart has no definitions in its folder crds: those in its templates come with it" >&2
    return
  fi
  "${apply[@]}" <<<"${definitions}"
  "${await[@]}" <<<"${definitions}"
}

timeout=20m
dry_run=false
wait_until_ready=true
context=''
while (($# > 0)); do
  case "$1" in
  --dry-run) dry_run=true ;;
  --no-wait) wait_until_ready=false ;;
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
leave_directory_of_chart_name

apply 'manifests/namespace.yaml'

apply_definitions
run "${helm[@]}" upgrade --install "${RELEASE}" "${CHART}" --repo "${REPOSITORY}" --version "${VERSION}" \
  --namespace "${NAMESPACE}" --values "${BUNDLE_DIR}/values.yaml" --wait --timeout "${timeout}"

if [[ "${wait_until_ready}" == true ]]; then
  wait_for_crd 'clusterpolicies.nvidia.com'
  [[ "${dry_run}" == true ]] || echo "waiting until cluster-policy reports ready" >&2
  run "${kubectl[@]}" wait --for=jsonpath='{.status.state}'=ready --timeout "${timeout}" 'clusterpolicies.nvidia.com/cluster-policy'
fi
