// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var update = flag.Bool("update", false, "write the golden files")

const statesDir = "testdata/states"

// TestOlderStates plans what older providers have left behind. The golden files
// hold all that a plan changes, so that what an upgrade of the provider does is
// read before it is released.
func TestOlderStates(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(statesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		dir := filepath.Join(statesDir, entry.Name())
		for name, onDisk := range map[string]bool{"plan": true, "plan-fresh": false} {
			t.Run(entry.Name()+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorkspace(t, nil)
				if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				w.write("terraform.tfstate", w.read("state.json"))
				if !onDisk { // a runner that never saw the files
					w.remove("out")
				}
				changes, warnings := w.planAndWarnings()
				compareGolden(t, filepath.Join(dir, name+".golden"), describePlan(changes, warnings))

				w.must("apply", "-input=false", "plan.bin")
				w.unchanged()
			})
		}
	}
}

// planAndWarnings also returns the titles of the plan's warnings, sorted.
func (w *workspace) planAndWarnings() (map[string]change, []string) {
	w.t.Helper()
	r := w.must("plan", "-input=false", "-no-color", "-out=plan.bin")
	var warnings []string
	for _, match := range regexp.MustCompile(`(?m)^\W*Warning: (.*)$`).FindAllStringSubmatch(r.output, -1) {
		if !strings.HasPrefix(match[1], "Provider development overrides") {
			warnings = append(warnings, match[1])
		}
	}
	slices.Sort(warnings)
	return w.showPlan(), warnings
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// describePlan lists for each resource what becomes of it, and each value that
// changes.
func describePlan(changes map[string]change, warnings []string) string {
	var b strings.Builder
	for _, address := range slices.Sorted(maps.Keys(changes)) {
		c := changes[address]
		fmt.Fprintf(&b, "%s: %s\n", address, strings.Join(c.Actions, ","))
		for _, line := range differences("", c.Before, c.After) {
			fmt.Fprintln(&b, "  "+line)
		}
		if at := firstUnknown("", c.AfterUnknown); at != "" {
			fmt.Fprintln(&b, "  "+at+" is known after apply")
		}
	}
	for _, warning := range warnings {
		fmt.Fprintln(&b, "warning: "+warning)
	}
	return b.String()
}

// differences lists the values in which two trees differ. Documents in texts are
// trees too, so that only what they say counts.
func differences(at string, before, after any) []string {
	before, after = parsed(before), parsed(after)
	old, oldIsMap := before.(map[string]any)
	changed, isMap := after.(map[string]any)
	switch {
	case cmp.Equal(before, after):
		return nil
	case (oldIsMap || before == nil) && (isMap || after == nil) && (oldIsMap || isMap):
		keys := map[string]bool{}
		for key := range old {
			keys[key] = true
		}
		for key := range changed {
			keys[key] = true
		}
		var lines []string
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			lines = append(lines, differences(strings.TrimPrefix(at+" > "+key, " > "), old[key], changed[key])...)
		}
		return lines
	}
	return differentValues(at, before, after)
}

var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func differentValues(at string, before, after any) []string {
	old, oldIsText := before.(string)
	changed, isText := after.(string)
	switch {
	case before == nil && hash.MatchString(changed):
		return []string{at + ": new"}
	case before == nil:
		return []string{at + ": new: " + brief(after)}
	case after == nil:
		return []string{at + ": gone: " + brief(before)}
	case hash.MatchString(old) && hash.MatchString(changed):
		return []string{at + ": other"}
	case oldIsText && isText && strings.Contains(old+changed, "\n"):
		return append([]string{at + ":"}, differentLines(old, changed)...)
	}
	return []string{at + ": " + brief(before) + " -> " + brief(after)}
}

// differentLines lists the lines that one of two texts has.
func differentLines(before, after string) []string {
	old, changed := strings.Split(before, "\n"), strings.Split(after, "\n")
	var lines []string
	for _, line := range old {
		if !slices.Contains(changed, line) {
			lines = append(lines, "  - "+line)
		}
	}
	for _, line := range changed {
		if !slices.Contains(old, line) {
			lines = append(lines, "  + "+line)
		}
	}
	return lines
}

// parsed returns a recipe or a JSON document as a tree, all else as it is.
func parsed(v any) any {
	text, isText := v.(string)
	if !isText {
		return v
	}
	if r, err := document.DecodeRecipe(context.Background(), []byte(text)); err == nil {
		if maps, err := r.JSONMaps(); err == nil {
			text = string(maps)
		}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree map[string]any
	if decoder.Decode(&tree) != nil {
		return v
	}
	return tree
}

// brief is a scalar, of a list how much there is.
func brief(v any) string {
	switch v := v.(type) {
	case []any:
		return fmt.Sprintf("%d elements", len(v))
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}
