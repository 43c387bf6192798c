// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// fenced returns the blocks of a page with a language, "" for none.
func fenced(t *testing.T, page, language string) []string {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(string(content), -1) {
		if match[1] == language {
			blocks = append(blocks, match[2])
		}
	}
	return blocks
}

// TestReadmeShowsARealPlan: what the README says that a plan shows is what a plan
// of its configuration shows, from one line of dots to the next.
func TestReadmeShowsARealPlan(t *testing.T) {
	t.Parallel()
	const page, place = "../../README.md", `  kubernetes_version = "1.34"` + "\n"
	config := fenced(t, page, "terraform")[0]
	w := newWorkspace(t, map[string]string{"main.tf": config})
	if r := w.terraform("fmt", "-check", "-diff"); r.code != 0 {
		t.Errorf("the configuration is not formatted:\n%s", r.output)
	}
	w.apply()
	w.write("main.tf", strings.Replace(config, place, place+"  driver_version = \"580.126.20\"\n", 1))
	got := w.must("plan", "-input=false", "-no-color").output
	got = got[strings.Index(got, "  # eidos_bundle.training will be"):]
	got, _, _ = strings.Cut(got, "\n─")
	// What has no meaning to a reader may differ: hashes, how much is folded, and
	// the number of the line that a warning quotes.
	numbers := regexp.MustCompile(`[0-9a-f]{64}|\(\d+ unchanged \w+ hidden\)|line \d+|(?m)^\W*\d+:`)
	blocks := fenced(t, page, "")
	rest := flatten(numbers.ReplaceAllString(got, "N"))
	for part := range strings.SplitSeq(blocks[len(blocks)-1], "\n...\n") {
		_, after, found := strings.Cut(rest, flatten(numbers.ReplaceAllString(part, "N")))
		if !found {
			t.Fatalf("the README shows\n%s\nand a plan shows\n%s", part, got)
		}
		rest = after
	}
}

// TestUpgradeGuideShowsARealWarning: a stage that states nothing moves, and is
// told of it in the words of the guide.
func TestUpgradeGuideShowsARealWarning(t *testing.T) {
	t.Parallel()
	const page = templatesDir + "/guides/upgrades.md.tmpl"
	w := newWorkspace(t, map[string]string{"main.tf": fenced(t, page, "terraform")[0]})
	const held, stated = `-var=releases={gpu-operator="v26.3.3"}`, `-var=releases={gpu-operator="v26.7.0"}`
	w.apply(held)
	w.contains(w.must("plan", "-input=false", "-no-color"), strings.Split(fenced(t, page, "text")[0], "\n\n")...)
	if r := w.must("plan", "-input=false", "-no-color", stated); strings.Contains(r.output, "release-moved") {
		t.Errorf("a release that is stated is called one that moves by itself:\n%s", r.output)
	}
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode", held); r.code != 0 {
		t.Errorf("a stage that holds its release does not stay:\n%s", r.output)
	}
}

// TestUpgradeGuideShowsEachStep: the plan of each step of the worked example has the
// findings and the effects that the guide says.
func TestUpgradeGuideShowsEachStep(t *testing.T) {
	t.Parallel()
	const page = templatesDir + "/guides/upgrades.md.tmpl"
	w := newWorkspace(t, map[string]string{"main.tf": fenced(t, page, "terraform")[0]})
	steps := regexp.MustCompile("(?m)^ *\\| [a-z ]+ \\| `(v[0-9.]+)` \\| `([0-9.]+|null)` \\| (.*?) \\| (.*?) \\|$").FindAllStringSubmatch(readPage(t, page), -1)
	if len(steps) < 5 {
		t.Fatalf("the table has %d steps", len(steps))
	}
	for _, step := range steps {
		args := []string{`-var=releases={gpu-operator="` + step[1] + `"}`}
		if step[2] != "null" {
			args = append(args, "-var=driver_version="+step[2])
		}
		got := w.must(append([]string{"plan", "-input=false", "-no-color"}, args...)...).output
		for what, want := range map[string]string{"findings?": step[3], "effects? on what is installed": step[4]} {
			said := "none"
			if match := regexp.MustCompile(`Warning: \d+ ` + what + `: (.*)`).FindStringSubmatch(got); match != nil {
				said = "`" + strings.ReplaceAll(match[1], ", ", "`, `") + "`"
			}
			if said != want {
				t.Errorf("%s: the plan has %s %s, the guide says %s", args, what, said, want)
			}
		}
		w.apply(args...)
	}
}
