#!/usr/bin/env bash
# Lists the releases whose facts were read more than DAYS (90) ago, oldest first.
# With --newer it asks the charts' repositories instead, and lists the charts that
# have a newer release than the data; that needs helm and the network.
set -euo pipefail

cd "$(dirname "$0")/.."

if [[ "${1:-}" != --newer ]]; then
  jq -rn --argjson days "${1:-90}" '
    (now - $days * 86400 | strftime("%Y-%m-%d")) as $day
    | [inputs as $table | (input_filename | split("/")[-2]) as $component
       | $table.releases | to_entries[] | select(.value.read < $day) | [.value.read, $component, .key]]
    | sort[] | @tsv' internal/engine/component/data/*/releases.json
  exit
fi

catalog="$(go run ./cmd/eidos catalog components --format json)"
failed=0
while IFS=$'\t' read -r component chart repository newest; do
  case "$repository" in
    oci://*) found="$(helm show chart "$repository/$chart")" ;;
    *) found="$(helm show chart "$chart" --repo "$repository")" ;;
  esac || { echo "facts-age: no answer about $component from $repository" >&2; failed=1; continue; }
  found="$(awk '$1 == "version:" { print $2 }' <<< "$found")"
  [[ "${found#v}" == "${newest#v}" ]] || printf '%s\t%s\t%s\n' "$component" "$newest" "$found"
done < <(jq -r '.[] | select(.repository != "") | [.component, .chart, .repository, ([.releases[] | select(.candidate | not)] | last.version)] | @tsv' <<< "$catalog")
exit "$failed"
