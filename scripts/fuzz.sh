#!/usr/bin/env bash
# Runs every fuzz target for the given time each. Inputs that are
# merely interesting are not minimised: that takes most of the time.
set -euo pipefail

for package in $(go list ./internal/engine/... ./internal/cli/... ./internal/server/... ./internal/tools/...); do
  while read -r target; do
    printf '\n==> %s %s\n' "$package" "$target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 1x "$package"
  done < <(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
done
