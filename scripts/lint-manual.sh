#!/usr/bin/env bash
# Writes the man pages and has groff read each with all its warnings.
set -euo pipefail

cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

go run ./internal/tools/manual -out "$work" -version 1.2.3 -date 2026-01-02T03:04:05Z
failed=0
for page in "$work"/man/*.1; do
  text="$(groff -ww -man -Tascii -P-cbou "$page" 2> "$work/warnings")" || failed=1
  if [[ -s "$work/warnings" || "$text" != *NAME* || "$text" != *eidos* ]]; then
    printf 'lint-manual: %s:\n%s\n' "${page##*/}" "$(cat "$work/warnings")" >&2
    failed=1
  fi
done
exit "$failed"
