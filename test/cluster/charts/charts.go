// SPDX-License-Identifier: Apache-2.0

// Package charts stands in for the charts of all components. Each release that the
// data has facts about is a chart of its real name and version, made from the data:
// the definitions that it brings, a ConfigMap with the values that it got, and the
// object that reports readiness where the chart creates that. No pod runs.
package charts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/util"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// Serve serves the charts over http on loopback until the test ends. It returns the
// URL of their repository: chart_repositories = { "*" = URL } of eidos_bundle sends
// every helm_release there.
func Serve(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := write(dir); err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	tb.Cleanup(server.Close)
	return server.URL
}

// Values are those that reached the chart of an installed release.
func Values(tb testing.TB, config *rest.Config, namespace, release string) map[string]any {
	tb.Helper()
	var object corev1.ConfigMap
	key := client.ObjectKey{Namespace: namespace, Name: release + "-values"}
	if err := fixture.NewClient(tb, config).Get(tb.Context(), key, &object); err != nil {
		tb.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal([]byte(object.Data["values.yaml"]), &values); err != nil {
		tb.Fatal(err)
	}
	return values
}

// index is the index.yaml of a repository.
type index struct {
	APIVersion string             `json:"apiVersion"`
	Entries    map[string][]entry `json:"entries"`
}

type entry struct {
	APIVersion string   `json:"apiVersion"`
	Name       string   `json:"name"`
	Version    string   `json:"version"`
	Digest     string   `json:"digest"`
	URLs       []string `json:"urls"`
}

// write fills a directory with the archives and their index.
func write(dir string) error {
	m, err := newMaker()
	if err != nil {
		return err
	}
	all := index{APIVersion: "v1", Entries: map[string][]entry{}}
	for _, component := range m.components.Entries() {
		if !component.HasChart() {
			continue
		}
		for _, release := range component.Releases {
			e, err := m.archive(dir, component.Name, release.Version)
			if err != nil {
				return fmt.Errorf("making the chart of %s %s: %w", component.Name, release.Version, err)
			}
			all.Entries[e.Name] = append(all.Entries[e.Name], e)
		}
	}
	text, err := yaml.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.yaml"), text, 0o600)
}

func (m *maker) archive(dir, component, release string) (entry, error) {
	made, err := m.chart(component, release)
	if err != nil {
		return entry{}, err
	}
	path, err := util.Save(made, dir)
	if err != nil {
		return entry{}, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return entry{}, err
	}
	digest := sha256.Sum256(content)
	return entry{
		APIVersion: made.Metadata.APIVersion, Name: made.Name(), Version: release,
		Digest: hex.EncodeToString(digest[:]), URLs: []string{filepath.Base(path)},
	}, nil
}
