#!/usr/bin/env bash
# Applies examples/quickstart with the provider that make built, shows and
# verifies the files, and plans again.
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
cd "$root/examples/quickstart"

TF_CLI_CONFIG_FILE="$("$root/scripts/dev-overrides.sh")"
export TF_CLI_CONFIG_FILE
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
[ -t 1 ] || export TF_CLI_ARGS=-no-color

step() { printf '\n==> %s\n' "$*"; }

step "${TERRAFORM##*/} apply in examples/quickstart"
"$TERRAFORM" apply -auto-approve -input=false

step "The files of the bundle"
find out -type f | sort

step "Their checksums"
sums=(sha256sum)
command -v sha256sum >/dev/null || sums=(shasum -a 256)
for component in out/*/; do
  (cd "$component" && "${sums[@]}" -c checksums.txt)
done

step "A second plan"
"$TERRAFORM" plan -input=false -detailed-exitcode
