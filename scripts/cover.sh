#!/usr/bin/env bash
# Prints the coverage of each engine package and of the engine as a whole.
# Fails when the whole is below the given percentage.
set -euo pipefail

minimum="$1"
profile="$(mktemp)"
trap 'rm -f "$profile"' EXIT

go test -timeout=30m -coverpkg=./internal/engine/... -coverprofile="$profile" ./internal/engine/... | { grep -v "^ok\|no test files" >&2 || true; }
go tool cover -func="$profile" | awk -v minimum="$minimum" '
  /^total:/ { sub("%", "", $3); print "engine: " $3 " %"; exit ($3 < minimum) }'
