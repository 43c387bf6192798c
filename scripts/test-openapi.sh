#!/usr/bin/env bash
# Holds openapi.json against redocly's recommended rules, makes clients of it in
# TypeScript and in Go, compiles both, and calls the server that EIDOS names with the
# latter. What a tool warns of fails, too.
set -euo pipefail
cd "$(dirname "$0")/../test/openapi"
api=../../internal/server/openapi.json

# quiet runs a command, and fails where it prints a warning.
quiet() {
  local output
  if ! output="$("$@" 2>&1)" || grep --ignore-case --quiet warning <<<"$output"; then
    printf '%s\n' "$output" >&2
    return 1
  fi
}

export REDOCLY_TELEMETRY=off
quiet node_modules/.bin/redocly lint --extends=recommended --format=stylish "$api"
quiet node_modules/.bin/openapi-typescript "$api" --output api.d.ts
node_modules/.bin/tsc
mkdir -p api
quiet go tool oapi-codegen -generate types,client -package api -o api/api.gen.go "$api"
go vet ./...
go test -count=1 ./...
