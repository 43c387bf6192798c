// SPDX-License-Identifier: Apache-2.0

// Package readings says what the readings of snapshots mean. Programs need none of
// it: it is for documentation, and for the tests of the collectors.
package readings

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed readings.yaml
var file []byte

// List is all that is known of the readings of snapshots.
type List struct {
	Readings []Reading
	LeftOut  []LeftOut `yaml:"leftOut"` // by the collectors
}

// Reading is a reading of snapshots, or several that are alike.
type Reading struct {
	Path  string `yaml:"reading"` // with * for any text of a key
	Type  string // text, number, bool or any
	About string
	// By is "system" for what has the names that the system gives it, "cluster" for
	// what only the API server says although it is about machines, "older" for what
	// nothing collects anymore, and "" for all else.
	By string
}

// LeftOut is what no snapshot holds.
type LeftOut struct{ What, Why string }

// All reads the list.
func All() (all List, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	decoder.KnownFields(true)
	err = decoder.Decode(&all)
	return all, err
}

// Find returns the first reading whose path is that of a snapshot's, nil for none.
func (l List) Find(name string) *Reading {
	i := slices.IndexFunc(l.Readings, func(r Reading) bool { return r.Matches(name) })
	if i < 0 {
		return nil
	}
	return &l.Readings[i]
}

// Matches reports whether a path of a snapshot is of this reading. A * at the end
// stands for slashes too, which keys may have.
func (r Reading) Matches(name string) bool {
	if prefix, wild := strings.CutSuffix(r.Path, "/*"); wild && !strings.Contains(prefix, "*") {
		return strings.HasPrefix(name, prefix+"/")
	}
	matched, err := path.Match(r.Path, name)
	return matched && err == nil
}

// OfNode reports whether the collectors of a node alone make the reading, and name
// it.
func (r Reading) OfNode() bool { return !strings.HasPrefix(r.Path, "K8s/") && r.By == "" }
