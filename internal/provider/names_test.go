// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

const namesPage = templatesDir + "/guides/names.md.tmpl"

// namesTable has the names in each column of a section's table, of what has a name
// and not a description there.
func namesTable(t *testing.T, section string) (columns [4]map[string]bool) {
	t.Helper()
	_, text, _ := strings.Cut(readPage(t, namesPage), "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	_, rows, found := strings.Cut(text, "|---|---|---|---|---|\n")
	if !found {
		t.Fatalf("%s has no table", section)
	}
	for i := range columns {
		columns[i] = map[string]bool{}
	}
	for line := range strings.Lines(rows) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 {
			break
		}
		for i := range columns {
			cell := strings.TrimSpace(cells[i+1])
			if strings.Contains(cell, " of ") || strings.Contains(cell, "(output)") || strings.Contains(cell, "header") {
				continue
			}
			maps.Copy(columns[i], namesIn(cell))
		}
	}
	return columns
}

// namesIn are the words in code spans.
func namesIn(text string) map[string]bool {
	names := map[string]bool{}
	for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		names[match[1]] = true
	}
	return names
}

// TestNamesAreComplete: the tables have each attribute, flag and parameter there is,
// and no other.
func TestNamesAreComplete(t *testing.T) {
	t.Parallel()
	variables := namesIn(regexp.MustCompile("(?m)^Only the module has .*$").FindString(readPage(t, namesPage)))
	for section, of := range map[string]struct{ schema, command, path string }{
		"Recipes": {"data.eidos_recipe", "eidos recipe", "/v1/recipe"},
		"Bundles": {"eidos_bundle", "eidos bundle", "/v1/bundle"},
	} {
		columns := namesTable(t, section)
		maps.Copy(variables, columns[1])
		arguments, computed := attributesOf(t, of.schema)
		for name := range columns[0] {
			if top, _, _ := strings.Cut(name, "[*]"); computed[top] {
				delete(columns[0], name)
			}
		}
		for title, sets := range map[string][2]map[string]bool{
			"arguments":  {arguments, columns[0]},
			"flags":      {flagsOf(t, of.command), columns[2]},
			"parameters": {parametersOf(t, of.path), columns[3]},
		} {
			if diff := cmp.Diff(sets[0], sets[1]); diff != "" {
				t.Errorf("%s, %s (-there +in the table):\n%s", section, title, diff)
			}
		}
	}
	declared := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^variable "(.*)"`).FindAllStringSubmatch(readPage(t, "../../modules/gpu-stack/variables.tf"), -1) {
		declared[match[1]] = true
	}
	if diff := cmp.Diff(declared, variables); diff != "" {
		t.Errorf("variables of the module (-there +in the tables):\n%s", diff)
	}
}

// TestDescriptionHasTheNames: the description of the API gives each parameter that is an
// argument of a recipe the flag and the attribute that stand next to it in the table.
func TestDescriptionHasTheNames(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(readPage(t, namesPage), "\n## Recipes\n")
	arguments, _ := attributesOf(t, "data.eidos_recipe")
	want := map[string]apiNames{}
	for _, match := range regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\|[^|]*\\| `(--[a-z0-9-]+)` \\| `([a-z0-9_]+)` \\|").FindAllStringSubmatch(strings.Split(text, "\n## ")[0], -1) {
		if arguments[match[1]] {
			want[match[3]] = apiNames{Attribute: match[1], Flag: match[2]}
		}
	}
	got := map[string]apiNames{}
	for name, parameter := range describedAPI(t).Components.Parameters {
		if parameter.Names != (apiNames{}) {
			got[name] = parameter.Names
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names of parameters (-table +description):\n%s", diff)
	}
}

// TestNamesOfAgents: the table has each argument of the resource and each flag of the
// command about agents.
func TestNamesOfAgents(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(readPage(t, namesPage), "\n## Agents\n")
	attributes, flags := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			maps.Copy(attributes, namesIn(cells[1]))
			maps.Copy(flags, namesIn(cells[2]))
		}
	}
	arguments, _ := attributesOf(t, "eidos_agent")
	there := map[string]bool{"--collectors": true, "--timeout": true}
	command, _, err := cli.NewCommand(cli.Process{}).Find([]string{"snapshot"})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range cli.FlagGroups(command) {
		if strings.HasPrefix(group.Title, "Agent flags") {
			group.Flags.VisitAll(func(f *pflag.Flag) { there["--"+f.Name] = true })
		}
	}
	for title, sets := range map[string][2]map[string]bool{"arguments": {arguments, attributes}, "flags": {there, flags}} {
		if diff := cmp.Diff(sets[0], sets[1]); diff != "" {
			t.Errorf("%s (-there +in the table):\n%s", title, diff)
		}
	}
}

func attributesOf(t *testing.T, name string) (arguments, computed map[string]bool) {
	t.Helper()
	arguments, computed = map[string]bool{}, map[string]bool{}
	for _, a := range schemas(t)[name].Block.Attributes {
		if a.Required || a.Optional {
			arguments[a.Name] = true
		} else {
			computed[a.Name] = true
		}
	}
	return arguments, computed
}

// flagsOf are those of a command, without --help and those of the connection to a
// cluster.
func flagsOf(t *testing.T, command string) map[string]bool {
	t.Helper()
	_, section, _ := strings.Cut(readPage(t, docsDir+"/guides/command-reference.md"), "\n## "+command+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	section, _, _ = strings.Cut(section, "kubeconfig")
	flags := map[string]bool{}
	for _, match := range regexp.MustCompile("(?m)^\\| `(?:-., )?(--[a-z0-9-]+)").FindAllStringSubmatch(section, -1) {
		flags[match[1]] = true
	}
	delete(flags, "--help")
	return flags
}

// apiNames are what the description of the API says a parameter is called elsewhere.
type apiNames struct{ Flag, Attribute string }

type apiDescription struct {
	Paths map[string]map[string]struct {
		Parameters []struct {
			Ref string `json:"$ref"`
		}
	}
	Components struct {
		Parameters map[string]struct {
			Name, In string
			Names    apiNames `json:"x-names"`
		}
	}
}

func describedAPI(t *testing.T) apiDescription {
	t.Helper()
	var api apiDescription
	if err := json.Unmarshal([]byte(readPage(t, "../server/openapi.json")), &api); err != nil {
		t.Fatal(err)
	}
	return api
}

// parametersOf are those of a path of the HTTP API, without headers.
func parametersOf(t *testing.T, path string) map[string]bool {
	t.Helper()
	api := describedAPI(t)
	names := map[string]bool{}
	for _, operation := range api.Paths[path] {
		for _, parameter := range operation.Parameters {
			parts := strings.Split(parameter.Ref, "/")
			if known := api.Components.Parameters[parts[len(parts)-1]]; known.In == "query" {
				names[known.Name] = true
			}
		}
	}
	return names
}
