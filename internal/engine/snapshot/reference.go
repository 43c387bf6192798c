// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"errors"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// reference is an image reference in full: what container runtimes fill in is
// filled in, so that busybox and docker.io/library/busybox are equal.
type reference struct {
	repository string // registry and path without the name: docker.io/library
	name       string
	tag        string // "" when only a digest is given
	digest     string
}

// String returns the reference in its usual form.
func (r reference) String() string { return r.repository + "/" + r.name + r.suffix() }

// key returns a name that no other reference has.
func (r reference) key() string { return r.name + "@" + r.repository + r.suffix() }

// suffix returns tag and digest with their separators.
func (r reference) suffix() string {
	suffix := ""
	if r.tag != "" {
		suffix = ":" + r.tag
	}
	if r.digest != "" {
		suffix += "@" + r.digest
	}
	return suffix
}

// value returns the tag, the digest, or both as "tag@digest".
func (r reference) value() string { return r.suffix()[1:] }

// The grammar of the distribution project (github.com/distribution/reference).
//
//nolint:gochecknoglobals // compiled once, on first use
var (
	registryForm = words.Pattern(`^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$`)
	pathForm     = words.Pattern(`^[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*$`)
	tagForm      = words.Pattern(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	digestForm   = words.Pattern(`^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$`)
)

const (
	maxRepository = 255
	maxTag        = 128
)

// parseReference reads [registry/]path[:tag][@digest].
func parseReference(text string) (reference, error) {
	var r reference
	rest, digest, digested := strings.Cut(text, "@")
	if digested && !digestForm().MatchString(digest) {
		return r, errors.New("the digest is malformed")
	}
	r.digest = digest
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		if r.tag = rest[i+1:]; len(r.tag) > maxTag || !tagForm().MatchString(r.tag) {
			return r, errors.New("the tag is malformed")
		}
		rest = rest[:i]
	}
	if r.tag == "" && r.digest == "" {
		r.tag = "latest"
	}
	registry, path := splitRegistry(rest)
	switch {
	case !registryForm().MatchString(registry):
		return r, errors.New("the registry is malformed")
	case !pathForm().MatchString(path):
		return r, errors.New("the repository is malformed")
	case len(registry)+1+len(path) > maxRepository:
		return r, errors.New("the repository is too long")
	}
	full := registry + "/" + path
	i := strings.LastIndexByte(full, '/')
	r.repository, r.name = full[:i], full[i+1:]
	return r, nil
}

// splitRegistry tells a registry from the first part of a path, and fills in
// Docker Hub's. A registry has a dot or a port, or is localhost, or has capital
// letters, which a path cannot.
func splitRegistry(repository string) (registry, path string) {
	first, rest, found := strings.Cut(repository, "/")
	if !found || first != "localhost" && !strings.ContainsAny(first, ".:") && first == strings.ToLower(first) {
		first, rest = "docker.io", repository
	}
	if first == "index.docker.io" {
		first = "docker.io"
	}
	if first == "docker.io" && !strings.Contains(rest, "/") {
		rest = "library/" + rest
	}
	return first, rest
}
