// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shownPlan is a bundle whose recipe changes in one place, by a variable.
func shownPlan(attributes string) string {
	return requireEidos + `
variable "driver" {
  type    = string
  default = null
}

variable "texts" {
  default = false
}

variable "text" {
  default = "one"
}

variable "of" {
  default = "rdma"
}

data "eidos_recipe" "training" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  driver_version     = var.driver
  context            = var.texts
  overlays           = [yamlencode({ types = [{ type = "K8s", subtypes = [{ subtype = "config", data = { rdma = false, mig = false }, context = { (var.of) = var.text } }] }] })]
}

resource "eidos_bundle" "training" {
  recipe = data.eidos_recipe.training.json
  ` + attributes + `
}
`
}

// planBlock returns what a plan shows of one resource, line by line.
func planBlock(t *testing.T, output, address string) []string {
	t.Helper()
	block := regexp.MustCompile(`(?ms)^  # ` + regexp.QuoteMeta(address) + ` will be .*?^    }$`).FindString(output)
	if block == "" {
		t.Fatalf("the plan does not change %s:\n%s", address, output)
	}
	return strings.Split(block, "\n")
}

// TestPlansAreShort counts the lines in which a person reads a change of one
// thing. Neighbors of what changes are folded, however many there are.
func TestPlansAreShort(t *testing.T) {
	t.Parallel()
	const written = `output_dir = "out"`
	for name, tt := range map[string]struct {
		attributes string
		before     []string // variables of what is applied
		after      []string // variables that change in the plan
		most       int      // lines
		says       string
	}{
		"driver":                          {after: []string{"driver=580.126.20"}, most: 54, says: `"595.91.07" -> "580.126.20"`},
		"driver, files":                   {attributes: written, after: []string{"driver=580.126.20"}, most: 61, says: `"595.91.07" -> "580.126.20"`},
		"driver, texts":                   {before: []string{"texts=true"}, after: []string{"driver=580.126.20"}, most: 57, says: `"Stated with the request"`},
		"text that no file shows":         {before: []string{"texts=true"}, after: []string{"text=two"}, most: 15, says: `"one" -> "two"`},
		"text that a file shows":          {before: []string{"texts=true", "of=mig"}, after: []string{"text=two"}, most: 15, says: `"one" -> "two"`},
		"text that a file shows, files":   {attributes: written, before: []string{"texts=true", "of=mig"}, after: []string{"text=two"}, most: 21, says: `"one" -> "two"`},
		"text that the recipe leaves out": {attributes: written, after: []string{"text=two"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": shownPlan(tt.attributes)})
			w.apply(variables(tt.before)...)
			r := w.must(slices.Concat([]string{"plan", "-input=false", "-no-color"}, variables(tt.before), variables(tt.after))...)
			if tt.most == 0 {
				w.contains(r, "No changes.")
				return
			}
			block := planBlock(t, r.output, "eidos_bundle.training")
			if len(block) > tt.most {
				t.Errorf("the plan of one change has %d lines, want at most %d:\n%s", len(block), tt.most, strings.Join(block, "\n"))
			}
			if !strings.Contains(strings.Join(block, "\n"), tt.says) {
				t.Errorf("the plan does not say %s:\n%s", tt.says, strings.Join(block, "\n"))
			}
		})
	}
}

func variables(assignments []string) []string {
	var args []string
	for _, assignment := range assignments {
		args = append(args, "-var="+assignment)
	}
	return args
}
