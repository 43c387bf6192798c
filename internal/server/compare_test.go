// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// nested is a document as a field of a YAML document, without the lines that show where
// it begins and ends.
func nested(field, yaml string) string {
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(yaml), "\n"), func(line string) bool { return line == "---" || line == "..." })
	return field + ":\n  " + strings.Join(lines, "\n  ") + "\n"
}

// TestCheck holds a recipe against a snapshot, as YAML and as JSON, and compares the
// answer with the engine's.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	_, asYAML := get(t, s, trainingURL+"&context=true", "Accept", typeYAML)
	_, asJSON := get(t, s, trainingURL+"&context=true&provenance=true")
	snapshot, err := document.DecodeSnapshot(t.Context(), []byte(snapshotYAML))
	if err != nil {
		t.Fatal(err)
	}
	snapshotJSON := text(t, snapshot.JSON)
	wanted, err := document.DecodeRecipe(t.Context(), asYAML)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	want, err := compare.Compare(catalog, snapshot, wanted)
	if err != nil {
		t.Fatal(err)
	}
	_, one := post(t, s, "/v1/check", nested("recipe", string(asYAML))+nested("snapshot", snapshotYAML))
	resp, two := send(t, s, request(http.MethodPost, "/v1/check", `{"recipe": `+string(asJSON)+`, "snapshot": `+snapshotJSON+`}`, "Content-Type", typeJSON))
	if string(one) != string(two) {
		t.Errorf("YAML and JSON are answered differently: %s", resp.Status)
	}
	var got checkAnswer
	if err := json.Unmarshal(one, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(checkAnswer{len(compare.Differences(want)), want}, got); diff != "" || got.Different != 0 || len(got.Values) < 4 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := strings.Replace(snapshotYAML, "H100 80GB HBM3", "H200", 1)
	_, body := post(t, s, "/v1/check", nested("recipe", string(asYAML))+nested("snapshot", other))
	if err := json.Unmarshal(body, &got); err != nil || got.Different == 0 || !strings.Contains(string(body), `"path": "request/gpu"`) {
		t.Errorf("got %v, %s", err, body)
	}
}

// TestDiff compares two recipes, with layers, and two snapshots.
func TestDiff(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	_, from := get(t, s, trainingURL+"&context=true", "Accept", typeYAML)
	_, to := get(t, s, strings.Replace(trainingURL, "h100", "h200", 1)+"&context=true", "Accept", typeYAML)
	changes := func(from, to string) map[string]compare.Change {
		t.Helper()
		_, body := post(t, s, "/v1/diff", nested("from", from)+nested("to", to))
		var got diffAnswer
		if err := json.Unmarshal(body, &got); err != nil || got.Changes == nil {
			t.Fatalf("%v: %s", err, body)
		}
		byPath := map[string]compare.Change{}
		for _, c := range got.Changes {
			byPath[c.Path] = c
		}
		return byPath
	}
	recipes := changes(string(from), string(to))
	if gpu := recipes["request/gpu"]; gpu.Before == nil || *gpu.Before != "h100" || *gpu.After != "h200" {
		t.Errorf("got %v", recipes)
	}
	if memory := recipes["GPU/device/memory"]; memory.BeforeLayer != "gpu=h100" || memory.AfterLayer != "gpu=h200" || memory.Reason == "" {
		t.Errorf("got %+v", memory)
	}
	if same := changes(string(from), string(from)); len(same) > 0 {
		t.Errorf("a recipe differs from itself: %v", same)
	}
	snapshots := changes(snapshotYAML, strings.Replace(snapshotYAML, "ID: ubuntu, ", "", 1))
	if id := snapshots["OS/release/ID"]; len(snapshots) != 1 || id.Before == nil || id.After != nil {
		t.Errorf("got %v", snapshots)
	}
}

// TestComparisonsRefuse sends what is not two documents; the path says which value is
// wrong.
func TestComparisonsRefuse(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	_, recipe := get(t, s, trainingURL, "Accept", typeYAML)
	broken := strings.Replace(snapshotYAML, "type: GPU", "type: TPU", 1)
	for name, test := range map[string]struct{ target, body, path, message string }{
		"no snapshot":        {"/v1/check", nested("recipe", string(recipe)), "", `the field "snapshot" is missing`},
		"something more":     {"/v1/check", nested("recipe", string(recipe)) + nested("snapshot", snapshotYAML) + "all: true\n", "all", "unknown field"},
		"broken snapshot":    {"/v1/check", nested("recipe", string(recipe)) + nested("snapshot", broken), "snapshot.measurements[2].type", "TPU"},
		"the other way":      {"/v1/check", nested("recipe", snapshotYAML) + nested("snapshot", string(recipe)), "recipe.apiVersion", "this is not a Recipe document"},
		"a document alone":   {"/v1/diff", snapshotYAML, "apiVersion", "unknown field"},
		"one of each":        {"/v1/diff", nested("from", string(recipe)) + nested("to", snapshotYAML), "", "give two of one kind"},
		"no document":        {"/v1/diff", nested("from", snapshotYAML) + "to: 1\n", "to", "mapping"},
		"aliases":            {"/v1/diff", "from: &a {kind: Snapshot}\nto: *a\n", "", "aliases"},
		"a parameter":        {"/v1/diff?all=true", nested("from", snapshotYAML) + nested("to", snapshotYAML), "", "there are none here"},
		"an empty document":  {"/v1/check", "{}", "", "is missing"},
		"not a mapping":      {"/v1/check", "[]", "", "mapping"},
		"a recipe of nobody": {"/v1/diff", "{from: {kind: Recipe}, to: {kind: Recipe}}", "from", "is missing"},
	} {
		resp, body := send(t, s, request(http.MethodPost, test.target, test.body, "Content-Type", typeYAML))
		p := problemOf(t, body)
		if resp.StatusCode != http.StatusBadRequest || p.Details[0].Path != test.path || !strings.Contains(p.Details[0].Message, test.message) {
			t.Errorf("%s: got %s, path %q, %s, want path %q and %q", name, resp.Status, p.Details[0].Path, p.Message, test.path, test.message)
		}
	}
}
