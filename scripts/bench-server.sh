#!/usr/bin/env bash
# Measures an eidos server on loopback, without a rate limit: recipe requests a
# second at 64 connections against a bare net/http handler that returns the same
# bytes, latency at 100 requests a second, and memory after 100,000 distinct
# queries. Needs wrk and curl. SECONDS_EACH is the length of a wrk run (10).
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

go -C "$root" build -trimpath -ldflags "-s -w" -o "$work/eidos" ./cmd/eidos
go -C "$root" build -trimpath -ldflags "-s -w" -o "$work/serverbench" ./internal/tools/serverbench

eidos=127.0.0.1:18080
bare=127.0.0.1:18081
query='service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.34'

# await waits until an address answers.
await() {
  curl --silent --output /dev/null --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 20 "http://$1/"
}

"$work/eidos" serve --listen "$eidos" --rate-limit 0 --drain-delay 0s 2>"$work/log" &
pids+=($!)
server=$!
await "$eidos"
"$work/serverbench" "http://$eidos/v1/recipe?$query" "$bare" &
pids+=($!)
reference=$!
await "$bare"

# cpu prints the processor time that a process has used, in clock ticks.
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# load runs wrk against the address of a process, and prints requests a second,
# the 99th percentile and microseconds of processor time for each request. The
# last hardly depends on what else the machine does.
load() {
  local before
  before="$(cpu "$2")"
  wrk --threads 2 --connections 64 --duration "${SECONDS_EACH:-10}s" --latency "http://$1/v1/recipe?$query" > "$work/wrk"
  awk -v ticks="$(($(cpu "$2") - before))" -v hertz="$(getconf CLK_TCK)" '
    $1 == "Requests/sec:" { rate = $2 } $1 == "99%" { p99 = $2 } $2 == "requests" { count = $1 }
    /Non-2xx|Socket errors/ { print > "/dev/stderr"; bad = 1 }
    END { printf "%.0f %s %.1f\n", rate, p99, ticks / hertz / count * 1e6; exit bad }' "$work/wrk"
}

# ask gets URLs one after the other; [1-9] in a URL stands for nine.
ask() { curl --silent --show-error --fail --output /dev/null "$@"; }

rss() { awk '$1 == "VmRSS:" { printf "%.1f MB", $2 / 1024 }' "/proc/$server/status"; }

echo "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg); processors: $(nproc)"
echo "memory after the start: $(rss)"
# The two are measured in turns, so that other work on the machine hits both.
for _ in 1 2 3; do
  read -r served served_p99 served_cpu < <(load "$eidos" "$server")
  read -r most most_p99 most_cpu < <(load "$bare" "$reference")
  awk -v s="$served" -v sp="$served_p99" -v sc="$served_cpu" -v m="$most" -v mp="$most_p99" -v mc="$most_cpu" 'BEGIN {
    printf "64 connections: eidos %d/s, p99 %s, %.1f us of CPU each; bare handler %d/s, p99 %s, %.1f us; ratio %.2f\n", s, sp, sc, m, mp, mc, s / m }'
done
ask --rate 100/s --write-out '%{time_total}\n' "http://$eidos/v1/recipe?$query#[1-3000]" | sort -n |
  awk '{ took[NR] = $1 * 1000 } END { printf "100 requests/s: p50 %.1f ms, p99 %.1f ms, slowest %.1f ms\n", took[int(NR / 2)], took[int(NR * 0.99)], took[NR] }'
echo "memory before distinct queries: $(rss)"
ask "http://$eidos/v1/recipe?$query&kernel=6.8.[1-100000]"
echo "memory after them: $(rss)"
ask "http://$eidos/v1/recipe?$query&osv=24.04&kernel=6.8.[1-100000]"
echo "memory after as many again: $(rss)"
