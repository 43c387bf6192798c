// SPDX-License-Identifier: Apache-2.0

// Package attest signs bundles and verifies them. A statement, as in-toto defines it,
// says which files with which checksums a bundle has and what it was rendered from; a
// signed envelope holds it, in a file next to the bundle's checksums. All of it works
// without a network.
package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// StatementName is the file at the top of a bundle that holds its signed statement. It
// is in no checksums.
const StatementName = "bundle.intoto.json"

const (
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://github.com/cloud-native-stack/terraform-provider-eidos/bundle/v1"
)

type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

// subject is a file of the bundle.
type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// predicate is what a bundle was rendered from.
type predicate struct {
	Eidos   string `json:"eidos"`   // the version that rendered it
	Catalog string `json:"catalog"` // the version of the recipe's catalog
	// Recipe is the recipe without the time of its creation, as YAML.
	Recipe map[string]string `json:"recipe"`
	Bundle map[string]string `json:"bundle"`
	// Releases are those whose facts the bundle was checked against.
	Releases map[string]release `json:"releases"`
}

type release struct {
	Chart      string `json:"chart,omitempty"`
	Repository string `json:"repository,omitempty"`
	Version    string `json:"version"`
}

// Sign returns the content of the file StatementName for a bundle that a version of
// eidos has rendered from a recipe. With an Ed25519 key equal bundles give equal bytes.
func Sign(b *bundle.Bundle, recipe document.Recipe, version string, key *PrivateKey) ([]byte, error) {
	recipe.Metadata.Created = ""
	text, err := recipe.YAML()
	if err != nil {
		return nil, err
	}
	s := statement{
		Type: statementType, PredicateType: predicateType,
		Predicate: predicate{
			Eidos: version, Catalog: recipe.Metadata.Version, Releases: map[string]release{},
			Recipe: map[string]string{"sha256": sum(text)}, Bundle: map[string]string{"sha256": b.SHA256},
		},
	}
	for _, f := range b.Files {
		s.Subject = append(s.Subject, subject{f.Path, map[string]string{"sha256": sum(f.Content)}})
	}
	for _, c := range b.Components {
		s.Predicate.Releases[c.Name] = release{c.Chart, c.Repository, c.Version}
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return sign(payload, key)
}

// parseStatement returns the statement of an envelope, with its files by path.
func parseStatement(payload []byte) (statement, map[string]string, error) {
	var s statement
	if err := strictly(payload, &s); err != nil {
		return s, nil, err
	}
	if s.Type != statementType || s.PredicateType != predicateType {
		return s, nil, fmt.Errorf("it is a %q of %q, not a statement about a bundle", s.PredicateType, s.Type)
	}
	files := map[string]string{}
	for _, f := range s.Subject {
		if _, twice := files[f.Name]; twice {
			return s, nil, fmt.Errorf("it names %q twice", f.Name)
		}
		files[f.Name] = f.Digest["sha256"]
	}
	return s, files, nil
}

func sum(text []byte) string {
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}
