// SPDX-License-Identifier: Apache-2.0

// Package document reads and writes the files that pass between the stages:
// snapshots and recipes, as YAML or JSON. Reading is strict: everything that a
// document says is understood or refused with its line and column. Writing is
// canonical: equal content gives equal bytes.
package document

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Kinds and API versions of the documents. The older version, of both kinds, is read
// and not written.
const (
	SnapshotKind       = "Snapshot"
	SnapshotAPIVersion = "snapshot.dgxc.io/v1"
	RecipeKind         = "Recipe"
	RecipeAPIVersion   = "recipe.dgxc.io/v1"
	olderAPIVersion    = "v1"
)

// Snapshot says what is there.
type Snapshot struct {
	Metadata     SnapshotMetadata
	Measurements measurement.List
}

// SnapshotMetadata says where and when a snapshot was taken. It is volatile:
// two snapshots of an unchanged node differ in nothing else.
type SnapshotMetadata struct {
	Created  string // RFC 3339, "" when unknown
	Hostname string
	Version  string // version of the program that took it
}

// Recipe says what should run there.
type Recipe struct {
	Metadata     RecipeMetadata
	Request      Query
	MatchedRules []string // overlays in order of application
	Constraints  []Constraint
	Measurements measurement.List
	// Account is written where somebody asks for it. It is not part of what a recipe
	// says: a reader drops it.
	Account *Account
}

// Account says how a recipe came about.
type Account struct {
	Provenance map[string]Origin // of each value, by path
	Findings   []Finding
}

// Origin is where a value is from.
type Origin struct {
	Layer    string   `json:"layer"`              // that set it
	Reason   string   `json:"reason,omitempty"`   // why, "" where the layer does not say
	Replaced []Former `json:"replaced,omitempty"` // what layers below it say, the nearest first
}

// Former is what a layer says that another one takes the place of.
type Former struct {
	Layer string  `json:"layer"`
	Value *string `json:"value,omitempty"` // nil where the layer removes the key
}

// Finding is a doubt about a recipe.
type Finding struct {
	Rule, Field, Path, Message string
}

// RecipeMetadata says which catalog a recipe was made from. Created is
// volatile and "" when unknown.
type RecipeMetadata struct {
	Version string // recipe-version: the catalog's
	Created string // RFC 3339
}

// Query is what a recipe is asked for. An empty field is not stated. Versions
// are kept exactly as given.
type Query struct {
	OS        string
	OSVersion string // osv
	Kernel    string
	Service   string
	K8s       string
	GPU       string
	Intent    string
	Context   bool // keep the texts that explain the values
}

// Constraint is a version range that a layer of the recipe demands.
type Constraint struct {
	Field string // a version field of the query, or "driver"
	Range string // such as ">= 1.32"
	Layer string // the layer that asked, such as "gpu=gb200"
}

// Error says what is wrong with a document and where. Line and Column count
// from 1; Path names the value, such as measurements[0].type, and is empty for
// the document itself.
type Error struct {
	Line, Column int
	Path         string
	Message      string
}

// Error returns "line 3, column 7: path: message".
func (e *Error) Error() string {
	where := fmt.Sprintf("line %d, column %d: ", e.Line, e.Column)
	if e.Path != "" {
		where += e.Path + ": "
	}
	return where + e.Message
}

// plainKey reports whether a key is a plain word. It is asked for every key of
// every document.
func plainKey(key string) bool {
	const longest = 100 // as words.Quote shows
	if len(key) > longest {
		return false
	}
	for i := range len(key) {
		if c := key[i]; c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != ""
}

// place is where a value stands in its document, nil for the root. It becomes a text
// in errors alone: the paths of all values together may be far longer than the
// document.
type place struct {
	above *place
	key   string
	item  int // of a list, from 0; -1 for an entry of a mapping
}

// String returns a.b, a["x/y"] for keys that are not plain words, and a[0] for the
// items of a list.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	above := p.above.String()
	switch {
	case p.item >= 0:
		return fmt.Sprintf("%s[%d]", above, p.item)
	case !plainKey(p.key):
		return above + "[" + words.Quote(p.key) + "]"
	case above == "":
		return p.key
	default:
		return above + "." + p.key
	}
}
