#!/usr/bin/env bash
# Builds the kube-apiserver, etcd and kubectl that the tests in test/cluster run, in
# the versions of tools/kube/go.mod, into $CACHE/kube. Takes many minutes once, then
# seconds. With KUBEBUILDER_ASSETS set the tests use the binaries of that
# directory and nothing is built.
set -euo pipefail

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  exit 0
fi

root="$(cd "$(dirname "$0")/.." && pwd)"
bin="${CACHE:-$root/.cache}/kube"
mkdir -p "$bin"
cd "$root/tools/kube"

version="$(go list -m -f '{{.Version}}' k8s.io/kubernetes)"
IFS=. read -r major minor _ <<<"${version#v}"

# What Kubernetes' own build sets. Without it the server calls itself
# v0.0.0-master and compares that with the versions of its features.
ldflags="-s -w"
for package in k8s.io/client-go/pkg/version k8s.io/component-base/version; do
  ldflags+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
done

for program in kube-apiserver kubectl; do
  CGO_ENABLED=0 go build -trimpath -ldflags "$ldflags" -o "$bin/$program" "k8s.io/kubernetes/cmd/$program"
done
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$bin/etcd" go.etcd.io/etcd/server/v3
