// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

const marker = ".eidos-bundle.json"

// values is the file that the tests edit, one of those that every bundle has.
const values = "out/gpu-operator/values.yaml"

func TestPlanHereApplyThere(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + consumerConfig})
	w.apply()
	written := w.files("out")

	w.remove("out") // a fresh runner
	changes := w.plan()
	actions(t, changes, map[string]string{"eidos_bundle.test": "update"})
	if got := texts(changes["eidos_bundle.test"].Before, "files"); len(got) != 0 {
		t.Errorf("files before: got %v, want none", got)
	}
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files after the apply: got %v, want %v", got, written)
	}
	w.unchanged()

	// Lost again between plan and apply.
	w.write("main.tf", strings.Replace(w.read("main.tf"), `"1.34"`, `"1.32"`, 1))
	w.plan()
	w.remove("out")
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files after a plan that was made elsewhere: got %v, want %v", got, written)
	}
	w.unchanged()
}

// TestDriftIsShownAndRepaired disturbs one file in each of the ways that happen.
func TestDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	const outside = "outside.yaml" // what a symbolic link points to
	for what, tt := range map[string]struct {
		disturb func(w *workspace)
		present bool // the file is there, with other content
	}{
		"edited":  {func(w *workspace) { w.write(values, "edited\n") }, true},
		"deleted": {func(w *workspace) { w.remove(values) }, false},
		"replaced by a symbolic link": {func(w *workspace) {
			w.write(outside, w.read(values))
			w.remove(values)
			if err := os.Symlink(w.path(outside), w.path(values)); err != nil {
				w.t.Fatal(err)
			}
		}, false},
		"replaced by an empty directory": {func(w *workspace) {
			w.remove(values)
			if err := os.Mkdir(w.path(values), 0o755); err != nil {
				w.t.Fatal(err)
			}
		}, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + consumerConfig})
			w.apply()
			original := w.read(values)
			w.write(outside, original)
			tt.disturb(w)

			changes := w.plan()
			actions(t, changes, map[string]string{"eidos_bundle.test": "update"})
			showsOnly(t, changes["eidos_bundle.test"], strings.TrimPrefix(values, "out/"), tt.present)
			w.must("apply", "-input=false", "plan.bin")
			if info, err := os.Lstat(w.path(values)); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%s is no regular file: %v %v", values, info, err)
			}
			if w.read(values) != original || w.read(outside) != original {
				t.Errorf("got %q and outside %q, want both %q", w.read(values), w.read(outside), original)
			}
			w.unchanged()
		})
	}
}

// showsOnly fails unless the change of files is the repair of this one.
func showsOnly(t *testing.T, c change, name string, present bool) {
	t.Helper()
	before, after := texts(c.Before, "files"), texts(c.After, "files")
	if _, ok := before[name]; ok != present || before[name] == after[name] {
		t.Errorf("the plan does not show the file: before %q, after %q", before[name], after[name])
	}
	delete(before, name)
	delete(after, name)
	if !maps.Equal(before, after) {
		t.Errorf("the plan shows other files too: before %v, after %v", before, after)
	}
}

func TestForeignFilesStay(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	w.write("out/gpu-operator/notes.txt", "mine\n")
	w.unchanged()

	w.write(values, "edited\n")
	r := w.must("destroy", "-auto-approve", "-input=false")
	w.contains(r, "Files Left In Bundle Directory", "gpu-operator/notes.txt: not part of the bundle", "gpu-operator/values.yaml")
	if got, want := w.files("out"), []string{"gpu-operator/notes.txt", "gpu-operator/values.yaml"}; !slices.Equal(got, want) {
		t.Errorf("files after destroy: got %v, want %v", got, want)
	}
}

func TestDestroyLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	w.must("destroy", "-auto-approve", "-input=false")
	if _, err := os.Stat(w.path("out")); !os.IsNotExist(err) {
		t.Errorf("the output directory is still there: %v", err)
	}
}

func TestForeignDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig, "out/important.txt": "mine\n"})
	refusal := []string{"Bundle Directory Refused", "output_dir", "important.txt", "choose an empty or a new directory"}
	w.fails([]string{"plan", "-input=false"}, refusal...)

	// Filled between plan and apply.
	w.remove("out")
	w.plan()
	w.write("out/important.txt", "mine\n")
	w.fails([]string{"apply", "-input=false", "plan.bin"}, refusal...)
	if got, want := w.files("out"), []string{"important.txt"}; !slices.Equal(got, want) {
		t.Errorf("files: got %v, want %v", got, want)
	}
	w.remove("out")
	w.apply()
	w.unchanged()
}

func TestTwoBundlesOnOneDirectory(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + `
resource "eidos_bundle" "other" {
  recipe     = data.eidos_recipe.test.yaml
  bundlers   = ["gpu-operator"]
  output_dir = "./out/"
}
`})
	w.fails([]string{"plan", "-input=false"}, "Bundle Directory Used Twice", "Give each a directory of its own")
}

func TestOutputDirectoryChanges(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + consumerConfig})
	w.apply()
	written := w.files("out")
	config := w.read("main.tf")

	w.write("main.tf", strings.Replace(config, `"out"`, `"elsewhere"`, 1))
	actions(t, w.plan(), map[string]string{"eidos_bundle.test": "update"})
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("elsewhere"); !slices.Equal(got, written) {
		t.Errorf("files in the new directory: got %v, want %v", got, written)
	}
	if _, err := os.Stat(w.path("out")); !os.IsNotExist(err) {
		t.Errorf("the old directory is still there: %v", err)
	}
	w.unchanged()

	w.write("main.tf", strings.Replace(config, `output_dir = "out"`, "", 1))
	actions(t, w.plan(), map[string]string{"eidos_bundle.test": "update"})
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("elsewhere"); len(got) != 0 {
		t.Errorf("files left without output_dir: %v", got)
	}
	w.unchanged()

	w.write("main.tf", config)
	w.apply()
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files in the directory again: got %v, want %v", got, written)
	}
	w.unchanged()
}

// TestOutputDirectoryIsSpelledOtherwise: it stays where it is, and so do its
// files.
func TestOutputDirectoryIsSpelledOtherwise(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	written := w.files("out")
	w.write("main.tf", strings.Replace(w.read("main.tf"), `"out"`, `"./out/"`, 1))
	r := w.must("apply", "-auto-approve", "-input=false")
	if strings.Contains(r.output, "Files Left In Bundle Directory") {
		t.Errorf("a warning about the bundle's own files:\n%s", r.output)
	}
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files: got %v, want %v", got, written)
	}
	w.unchanged()
	w.must("destroy", "-auto-approve", "-input=false")
	if got := w.files("out"); len(got) != 0 {
		t.Errorf("files after destroy: %v", got)
	}
}

func TestOutputDirectoryChangesToAForeignOne(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	written := w.files("out")
	w.write("main.tf", strings.Replace(w.read("main.tf"), `"out"`, `"elsewhere"`, 1))
	w.plan()
	w.write("elsewhere/important.txt", "mine\n")
	w.fails([]string{"apply", "-input=false", "plan.bin"}, "Bundle Directory Refused", "important.txt")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("the bundle left its directory without a new one: got %v, want %v", got, written)
	}
	w.remove("elsewhere")
	w.apply()
	w.unchanged()
}

func TestComponentRemoved(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + consumerConfig})
	w.apply()
	w.write("main.tf", strings.Replace(w.read("main.tf"), `output_dir = "out"`, "output_dir = \"out\"\n  bundlers = [\"gpu-operator\"]", 1))
	actions(t, w.plan(), map[string]string{
		"eidos_bundle.test":                          "update",
		`terraform_data.release["network-operator"]`: "delete",
	})
	w.must("apply", "-input=false", "plan.bin")
	for _, file := range w.files("out") {
		if strings.Contains(file, "/") && !strings.HasPrefix(file, "gpu-operator/") && !strings.HasPrefix(file, "node/") {
			t.Errorf("the file %s of the removed component is still there", file)
		}
	}
	if _, err := os.Stat(w.path("out/network-operator")); !os.IsNotExist(err) {
		t.Errorf("the directory of the removed component is still there: %v", err)
	}
	w.unchanged()
}

func TestReplaceWithCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig + `
resource "terraform_data" "consumer" {
  triggers_replace = [eidos_bundle.test.components["gpu-operator"].values_sha256]
  lifecycle {
    create_before_destroy = true
  }
}
`})
	w.apply()
	written := w.files("out")
	actions(t, w.plan("-replace=eidos_bundle.test"), map[string]string{"eidos_bundle.test": "create,delete"})
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files: got %v, want %v", got, written)
	}
	w.unchanged()
	w.must("destroy", "-auto-approve", "-input=false")
	if got := w.files("out"); len(got) != 0 {
		t.Errorf("files after destroy: %v", got)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	written := w.files("out")
	w.apply("-replace=eidos_bundle.test")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files: got %v, want %v", got, written)
	}
	w.unchanged()
}

func TestRenamedWithoutMoved(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	written := w.files("out")
	w.write("main.tf", strings.Replace(w.read("main.tf"), `"eidos_bundle" "test"`, `"eidos_bundle" "renamed"`, 1))
	actions(t, w.plan(), map[string]string{"eidos_bundle.test": "delete", "eidos_bundle.renamed": "create"})
	w.must("apply", "-input=false", "plan.bin")
	if got := w.files("out"); !slices.Equal(got, written) {
		t.Errorf("files: got %v, want %v", got, written)
	}
	w.unchanged()
}

// TestPlanSurvivesAnotherDirectory makes a plan in one directory and applies it
// in another, as two jobs of a pipeline do.
func TestPlanSurvivesAnotherDirectory(t *testing.T) {
	t.Parallel()
	here := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	here.plan()
	there := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	for _, name := range []string{"plan.bin"} {
		there.write(name, here.read(name))
	}
	there.must("apply", "-input=false", "plan.bin")
	if got := there.files("out"); len(got) < 12 {
		t.Errorf("files: got %v, want those of two components", got)
	}
	there.unchanged()
	if got := here.files("out"); len(got) != 0 {
		t.Errorf("planning wrote files: %v", got)
	}
}

// TestCheckoutWithoutMarker is a bundle that was committed without its dot file.
func TestCheckoutWithoutMarker(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": bundleConfig})
	w.apply()
	w.remove(filepath.Join("out", marker))
	w.write(values, "edited\n")
	w.fails([]string{"plan", "-input=false"}, "Bundle Directory Refused", "has been changed since it was written", "restore or remove that file")
	w.remove(values)
	w.apply()
	w.unchanged()
}

// TestDirectoryThatNothingExpands: a path is taken as it stands, so one that means
// something else is refused.
func TestDirectoryThatNothingExpands(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{
		`~`: `Write output_dir = pathexpand("~").`, `~/x`: `Write output_dir = pathexpand("~/x").`,
		`$HOME/x`: "TF_VAR_NAME", `a/$${OUT_1}/x`: `a directory named "${OUT_1}" would be made`,
		` out`: "a blank", `out `: "a blank", `out\n`: "trimspace()", `a\nb`: "a line break",
	} {
		config := bundleOf(`output_dir = "` + dir + `"`)
		check(t, resource.TestStep{Config: config, ExpectError: regexp.MustCompile("(?s)" + wrapped("Bundle Directory Refused") + ".*output_dir.*" + wrapped(want))})
	}
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + bundleOf(`output_dir = terraform_data.late.output`) + `
resource "terraform_data" "late" {
  input = "~/x"
}
`})
	w.fails([]string{"apply", "-auto-approve", "-input=false"}, "Bundle Directory Refused", `pathexpand("~/x")`)
	if got := w.files("~"); got != nil {
		t.Errorf("there is a directory named ~: %v", got)
	}
	for _, dir := range []string{"a~b", "x/~", "~x", "cost$5", "$"} {
		w.write("main.tf", requireEidos+bundleOf(`output_dir = "`+dir+`"`))
		w.must("plan", "-input=false")
	}
}

// TestDirectoryOfAnEarlierVersion: a directory named ~ that the state has stays
// valid, that very path alone.
func TestDirectoryOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + bundleOf(`output_dir = "./~/x"`)})
	w.apply()
	w.write("terraform.tfstate", strings.ReplaceAll(w.read("terraform.tfstate"), `"./~/x"`, `"~/x"`))
	w.write("main.tf", requireEidos+bundleOf(`output_dir = "~/x"`))
	w.unchanged()
	w.write("main.tf", requireEidos+bundleOf(`output_dir = "~/y"`))
	w.fails([]string{"plan", "-input=false"}, `pathexpand("~/y")`)
}

// TestKeptDirectory: a repository's .gitkeep does not make a directory foreign, and
// outlives the bundle.
func TestKeptDirectory(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, map[string]string{"main.tf": requireEidos + bundleOf(`output_dir = "out"`), "out/.gitkeep": ""})
	w.apply()
	w.unchanged()
	if r := w.must("destroy", "-auto-approve", "-input=false"); strings.Contains(r.output, "Files Left") {
		t.Errorf("the directory is said to hold something:\n%s", r.output)
	}
	if diff := cmp.Diff([]string{".gitkeep"}, w.files("out")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
