#!/usr/bin/env bash
# Attacks an eidos server on loopback for the given time, with the memory limit of
# examples/server and as on a machine with 16 processors. Linux only.
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

go -C "$root" build -trimpath -o "$work/eidos" ./cmd/eidos
go -C "$root" build -trimpath -o "$work/attack" ./internal/tools/attack
GOMEMLIMIT="$(awk '/name: GOMEMLIMIT/ { getline; print $2 }' "$root/examples/server/eidos-server.yaml")"
echo "GOMEMLIMIT=$GOMEMLIMIT GOMAXPROCS=16, for $1"
export GOMEMLIMIT
GOMAXPROCS=16 "$work/attack" "$work/eidos" "$1"
