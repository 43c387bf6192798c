#!/usr/bin/env bash
# Pins the base images of the Dockerfile to the digests that their tags have now,
# and that of .goreleaser.image.yml to the same. Needs docker with buildx, and a network.
# With --check it changes nothing and fails where an image is not pinned, or where
# the two files differ: a release builds from nothing that can change.
set -euo pipefail

cd "$(dirname "$0")/.."

if [[ "${1:-}" != --check ]]; then
  grep -oE '^FROM .*' Dockerfile | grep -oE '[a-z][^ =]*/?[^ =]*:[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?' | while read -r image; do
    tag="${image%@*}"
    digest="$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$tag")"
    sed -i "s|$tag\(@sha256:[0-9a-f]*\)\{0,1\}|$tag@$digest|" Dockerfile .goreleaser.image.yml
  done
fi

failed=0
while read -r line; do
  [[ "$line" =~ @sha256:[0-9a-f]{64}( |$) ]] || { echo "pin-images: not pinned by digest: $line; run scripts/pin-images.sh" >&2; failed=1; }
done < <(grep -E '^FROM ' Dockerfile; grep -E '^ *base_image: ' .goreleaser.image.yml)
base="$(awk '$1 == "base_image:" { print $2 }' .goreleaser.image.yml)"
grep -qE "^FROM $base( |$)" Dockerfile || { echo "pin-images: the base image of .goreleaser.image.yml, $base, is not that of the Dockerfile" >&2; failed=1; }
exit "$failed"
