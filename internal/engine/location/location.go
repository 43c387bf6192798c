// SPDX-License-Identifier: Apache-2.0

// Package location reads and writes documents where they live: in files, at
// the ends of a pipe, on web servers, and in ConfigMaps of a cluster.
package location

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Stream is the location of standard input or output.
const Stream = "-"

// standardOutput names the stream as a file, too. Where it is redirected to a
// file, replacing that would lose what others write to it.
const standardOutput = "/dev/stdout"

// Location is a parsed location. Exactly one field is set.
type Location struct {
	Stream    bool
	File      string
	URL       *url.URL
	ConfigMap *ConfigMapRef
}

// Parse parses "-", cm://namespace/name, an http or https URL, or the path of a
// file. Another scheme is an error; a file whose name looks like one can be
// given as ./name. Nothing is looked up.
func Parse(text string) (Location, error) {
	scheme, _, hasScheme := strings.Cut(text, "://")
	switch {
	case text == "":
		return Location{}, errors.New("the location is empty: give a file, a URL, cm://namespace/name or -")
	case text == Stream:
		return Location{Stream: true}, nil
	case !hasScheme || strings.ContainsAny(scheme, `./\`):
		return Location{File: text}, nil
	}
	switch strings.ToLower(scheme) {
	case "cm":
		ref, err := ParseConfigMap(text)
		return Location{ConfigMap: &ref}, err
	case "http", "https":
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" {
			return Location{}, fmt.Errorf("the %s location is no URL such as https://example.com/snapshot.yaml", scheme) // which may hold a password
		}
		return Location{URL: u}, nil
	default:
		return Location{}, fmt.Errorf("unknown scheme %q: a location is a file, an http or https URL, cm://namespace/name or -", scheme)
	}
}

// String returns the location for messages: of a URL neither credentials nor
// the query, which may hold a signature.
func (l Location) String() string {
	switch {
	case l.ConfigMap != nil:
		return l.ConfigMap.String()
	case l.URL != nil:
		return withoutSecrets(l.URL)
	case l.Stream:
		return Stream
	default:
		return l.File
	}
}

func withoutSecrets(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
