// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"text/template"

	"gopkg.in/yaml.v3"
)

const installPage = templatesDir + "/guides/install.md.tmpl"

// TestInstallGuideNamesWhatIsPublished: the names of files and images in the guide are
// those that releases give them.
func TestInstallGuideNamesWhatIsPublished(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(installPage)
	if err != nil {
		t.Fatal(err)
	}
	names := publishedNames(t)
	if len(names) != 5 {
		t.Fatalf("a release has %q, want three archives, checksums and an image", names)
	}
	for _, name := range names {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the guide does not name `%s`", name)
		}
	}
}

// publishedNames reads them from what GoReleaser is told, for Linux.
func publishedNames(t *testing.T) []string {
	t.Helper()
	var files struct {
		Project  string `yaml:"project_name"`
		Archives []struct {
			Formats []string
			Name    string `yaml:"name_template"`
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
		Before struct{ Hooks []string }
	}
	var image struct {
		Kos []struct{ Repositories, Tags []string }
	}
	decodeFile(t, "../../.goreleaser.yml", &files)
	decodeFile(t, "../../.goreleaser.image.yml", &image)
	values := map[string]any{"ProjectName": files.Project, "Version": "0.1.0", "Os": "linux", "Arch": "amd64"}
	names := []string{execute(t, files.Checksum.Name, values)}
	for _, archive := range files.Archives {
		names = append(names, execute(t, archive.Name, values)+"."+archive.Formats[0])
	}
	for _, hook := range files.Before.Hooks {
		if strings.Contains(hook, "release-manifests.sh") { // which names the file itself
			names = append(names, "eidos_0.1.0_manifests.tar.gz")
		}
	}
	for _, ko := range image.Kos {
		names = append(names, ko.Repositories[0]+":"+execute(t, ko.Tags[0], values))
	}
	return names
}

func decodeFile(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, text string, values map[string]any) string {
	t.Helper()
	parsed, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, values); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestInstallGuideWithoutInternet installs the provider from the directory that the
// guide describes, with the guide's settings and nothing else.
func TestInstallGuideWithoutInternet(t *testing.T) {
	t.Parallel()
	settings, place := fenced(t, installPage, "hcl")[1], strings.TrimSpace(fenced(t, installPage, "text")[0])
	w := newWorkspace(t, map[string]string{"main.tf": fenced(t, installPage, "terraform")[0] + recipeConfig})
	mirror := t.TempDir()
	place = strings.NewReplacer("/srv/providers", mirror, "linux_amd64", runtime.GOOS+"_"+runtime.GOARCH).Replace(place)
	if strings.Contains(filepath.Base(terraformBinary), "tofu") {
		place = strings.Replace(place, "registry.terraform.io", "registry.opentofu.org", 1)
	}
	zipProvider(t, place)
	w.write("cli.tfrc", strings.Replace(settings, "/srv/providers", filepath.ToSlash(mirror), 1))
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+w.path("cli.tfrc"))
	w.contains(w.must("init", "-input=false", "-no-color"), "Installed cloud-native-stack/eidos v0.1.0")
	w.apply()
}

// zipProvider packs the built provider as a release has it.
func zipProvider(t *testing.T, path string) {
	t.Helper()
	built, err := filepath.Glob(filepath.Join(pluginDir, "terraform-provider-eidos*"))
	if err != nil || len(built) != 1 {
		t.Fatalf("the built provider: %v, %v", built, err)
	}
	content, err := os.ReadFile(built[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	header := &zip.FileHeader{Name: "terraform-provider-eidos_v0.1.0" + filepath.Ext(built[0])}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err == nil {
		_, err = entry.Write(content)
	}
	if err := errors.Join(err, archive.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}
