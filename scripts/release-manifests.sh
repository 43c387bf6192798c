#!/usr/bin/env bash
# Writes the archive of manifests that a release has, with the examples for kubectl:
# release-manifests.sh DIR VERSION [DIGEST] makes DIR/eidos_VERSION_manifests.tar.gz.
# Their image is that of the version, by its digest where one is given. The same
# commit makes the same bytes. Needs GNU tar.
set -euo pipefail

mkdir -p "$1"
dir="$(cd "$1" && pwd)"
version="$2" digest="${3:-}"
cd "$(dirname "$0")/.."

[[ "$version" =~ ^[0-9A-Za-z._-]+$ ]] || { echo "release-manifests: not a version: $version" >&2; exit 1; }
[[ -z "$digest" || "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "release-manifests: not a digest: $digest" >&2; exit 1; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
image="ghcr.io/cloud-native-stack/eidos"
for example in agent server; do
  cp -R "examples/$example" "$work/$example"
  sed -i "s|image: $image:.*|image: $image:$version${digest:+@$digest}|" "$work/$example"/*.yaml
  grep -qF "image: $image:$version${digest:+@$digest}" "$work/$example"/*.yaml || { echo "release-manifests: examples/$example has no image $image" >&2; exit 1; }
done
cp LICENSE "$work"

rm -f "$dir"/eidos_*_manifests.tar.gz
tar --create --sort=name --mtime="@$(git log -1 --format=%ct)" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w --directory "$work" . |
  gzip --no-name >"$dir/eidos_${version}_manifests.tar.gz"
