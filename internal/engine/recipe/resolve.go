// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// resolve finds the query: what is stated, then what the snapshot says.
func (b *build) resolve() error {
	q, err := b.query()
	if err != nil {
		return err
	}
	var found Extraction
	if b.request.Snapshot != nil {
		found = b.catalog.extract(*b.request.Snapshot, b.known)
		if err := b.fill(&q, found); err != nil {
			return err
		}
	}
	if b.subject, err = newSubject(q); err != nil {
		return err
	}
	b.instance = b.instanceLayer(found.InstanceTypes)
	if b.system = strings.ToLower(strings.TrimSpace(b.request.Query.OS)); b.system == "" {
		b.system = found.System
	}
	return nil
}

// query returns the stated query in its one form.
func (b *build) query() (document.Query, error) {
	b.known = b.catalog.values.with(b.users)
	b.warn(b.known.gpus.finding(strings.ToLower(strings.TrimSpace(b.request.Query.GPU)))...)
	q, gaps, problems := b.known.normalize(b.request.Query, b.catalog.explain)
	problems = append(problems, b.tolerate(ruleNotCovered, gaps)...)
	slices.SortFunc(problems, func(a, b *Error) int {
		return cmp.Compare(slices.Index(document.QueryFields(), a.Field), slices.Index(document.QueryFields(), b.Field))
	})
	return q, join(problems)
}

// required reports whether a recipe from a snapshot must know the field.
func required(field string) bool { return field == "os" || field == "service" || field == "gpu" }

// fill takes the fields that the request leaves empty from a snapshot. A field
// that is stated, even as any, is not looked at. A service, os or gpu that
// nobody knows is a gap in the coverage.
func (b *build) fill(q *document.Query, found Extraction) error {
	// The version belongs to the system that the snapshot saw, not to another
	// one that is stated, nor to any.
	if b.request.Query.OS != "" && q.OS != found.Query.OS {
		found.forget("osv")
	}
	b.result.Sources = map[string]string{}
	var gaps []*Error
	for _, field := range document.QueryFields() {
		if *b.request.Query.Field(field) != "" {
			continue
		}
		*q.Field(field) = *found.Query.Field(field)
		if source, ok := found.Sources[field]; ok {
			b.result.Sources[field] = source
		}
		for _, w := range found.Findings {
			if w.Field == field {
				b.warn(w)
			}
		}
		if tried, ok := found.Missing[field]; ok && required(field) {
			err := fmt.Errorf("the snapshot does not tell the %s (%s); set it", field, tried)
			if what := found.Unsupported[field]; what != "" {
				err = fmt.Errorf("%s (%s); set the %s whose recipe is to be taken", what, tried, field)
			}
			gaps = append(gaps, &Error{Field: field, Err: err})
		}
	}
	return join(b.tolerate(ruleNotCovered, gaps))
}

// partitionDoubts warns of GPUs that the snapshot shows in MIG mode while the
// recipe leaves MIG off: the MIG manager, which could switch the mode, is off as
// well then. A user's overlay that says so has decided.
func (b *build) partitionDoubts() []Finding {
	if b.request.Snapshot == nil {
		return nil
	}
	said := partitioned(b.request.Snapshot.Measurements)
	if said == "" {
		return nil
	}
	path := measurement.Path{Type: measurement.K8s, Subtype: "config", Key: "mig"}
	state := "is not set"
	if e := find(b.entries, path); e != nil {
		if e.value.String() == "true" || strings.HasPrefix(e.layer.name, userPrefix) || e.layer == b.stated {
			return nil
		}
		state = "is " + e.value.String()
	}
	return []Finding{{Rule: ruleMIGLeftOff, Field: fieldSnapshot, Message: fmt.Sprintf(
		"%s, but the recipe leaves MIG off: %s %s; set it with the option mig or in an overlay: true with a mig_profile to keep the GPUs partitioned, false if you switch their MIG mode off",
		said, path, state)}}
}

// partitionModes are the readings that say whether GPUs are in MIG mode.
func partitionModes() []string { return []string{"GPU/smi/mig-mode", "GPU/smi-variance/mig-mode"} }

// partitioned returns what a snapshot says of GPUs in MIG mode, "" where none
// is. Where GPUs differ, the variance has the mode of the fewer.
func partitioned(list measurement.List) string {
	for _, name := range partitionModes() {
		path := measurement.ParsePath(name)
		if mode := list.Text(path.Type, path.Subtype, path.Key); strings.Contains(mode, "Enabled") {
			return fmt.Sprintf("%s is %s", path, words.Quote(mode))
		}
	}
	return ""
}
