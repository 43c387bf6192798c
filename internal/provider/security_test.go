// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

func securityPage(t *testing.T) string {
	t.Helper()
	return readPage(t, filepath.Join(templatesDir, "guides", "security.md.tmpl"))
}

// TestDocumentedRights: the page lists each rule of each file that grants rights, and
// no other.
func TestDocumentedRights(t *testing.T) {
	t.Parallel()
	page := securityPage(t)
	files, err := filepath.Glob(filepath.Join(examplesDir, "rbac", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	for _, file := range files {
		_, section, found := strings.Cut(page, "[`"+filepath.Base(file)+"`]")
		if !found {
			t.Errorf("the page does not name %s", file)
		}
		section, _, _ = strings.Cut(section, "\n#")
		rows := regexp.MustCompile("(?m)^\\| `.*\\|$").FindAllString(section, -1)
		if want := rights(t, file); !slices.Equal(rows, want) {
			t.Errorf("%s grants\n%s\nthe page says\n%s", file, strings.Join(want, "\n"), strings.Join(rows, "\n"))
		}
	}
}

// rights are the rules of a file as the page writes them.
func rights(t *testing.T, file string) (rows []string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var object struct {
			Rules []struct {
				APIGroups        []string `yaml:"apiGroups"`
				Resources, Verbs []string
			}
		}
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		for _, r := range object.Rules {
			of := ""
			if r.APIGroups[0] != "" {
				of = " of " + quoted(r.APIGroups)
			}
			rows = append(rows, "| "+quoted(r.Verbs)+" | "+quoted(r.Resources)+of+" |")
		}
	}
}

// TestDocumentedRedaction: what the page says of texts is what becomes of them.
func TestDocumentedRedaction(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(securityPage(t), "| Found | Written |")
	section, _, _ = strings.Cut(section, "\n\n")
	rows := regexp.MustCompile("(?m)^\\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(section, -1)
	if len(rows) < 5 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		if got := secret.Text(row[1]); got != row[2] {
			t.Errorf("%s becomes %s, the page says %s", row[1], got, row[2])
		}
	}
}
