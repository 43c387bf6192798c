// SPDX-License-Identifier: Apache-2.0

package charts

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/chart/v2/util"
	"sigs.k8s.io/yaml"
)

// The repository has each release under the name by which bundles ask for it, and
// the charts include the definitions that the data says, and no others.
func TestRepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "index.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all index
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		t.Fatal(err)
	}
	m, err := newMaker()
	if err != nil {
		t.Fatal(err)
	}
	unused := maps.Clone(m.known)
	for _, component := range m.components.Entries() {
		if !component.HasChart() {
			continue
		}
		for _, release := range component.Releases {
			name, _ := component.Source(release.Version)
			i := slices.IndexFunc(all.Entries[name], func(e entry) bool { return e.Version == release.Version })
			if i < 0 {
				t.Fatalf("the repository lacks %s %s", name, release.Version)
			}
			found, err := loader.LoadFile(filepath.Join(dir, all.Entries[name][i].URLs[0]))
			if err != nil {
				t.Fatal(err)
			}
			if found.Name() != name || found.Metadata.Version != release.Version {
				t.Errorf("the archive of %s %s holds %s %s", name, release.Version, found.Name(), found.Metadata.Version)
			}
		}
		d, err := m.components.Description(component.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range d.Definitions {
			for _, name := range group.Names {
				delete(unused, name)
			}
		}
	}
	if len(unused) > 0 {
		t.Errorf("definitions.yaml has definitions that no component names: %v", slices.Sorted(maps.Keys(unused)))
	}
}

// Where definitions lie, from which release on, and which value switches them.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	nfd := []string{"crds/nodefeaturegroups.nfd.k8s-sigs.io", "crds/nodefeaturerules.nfd.k8s-sigs.io", "crds/nodefeatures.nfd.k8s-sigs.io"}
	trainer := []string{"clustertrainingruntimes.trainer.kubeflow.org", "trainingruntimes.trainer.kubeflow.org", "trainjobs.trainer.kubeflow.org"}
	for name, tt := range map[string]struct {
		component, release string
		values             map[string]any
		want               []string
	}{
		"a definition of a newer release": {component: "nvidia-dra-driver-gpu", release: "25.8.0", want: []string{"crds/computedomains.resource.nvidia.com"}},
		"that release":                    {component: "nvidia-dra-driver-gpu", release: "25.12.0", want: []string{"crds/computedomaincliques.resource.nvidia.com", "crds/computedomains.resource.nvidia.com"}},
		"a release under another name":    {component: "nvidia-dra-driver-gpu", release: "0.4.1", want: []string{"crds/computedomaincliques.resource.nvidia.com", "crds/computedomains.resource.nvidia.com"}},
		"another component's, on":         {component: "gpu-operator", release: "v25.3.0", want: append([]string{"crds/clusterpolicies.nvidia.com", "crds/nvidiadrivers.nvidia.com"}, nfd...)},
		"another component's, off":        {component: "gpu-operator", release: "v25.3.0", values: map[string]any{"nfd": map[string]any{"enabled": false}}, want: []string{"crds/clusterpolicies.nvidia.com", "crds/nvidiadrivers.nvidia.com"}},
		"in templates":                    {component: "kubeflow-trainer", release: "2.3.0", want: append([]string{"crds/jobsets.jobset.x-k8s.io"}, under("templates/", trainer)...)},
		"switched off":                    {component: "kubeflow-trainer", release: "2.3.0", values: map[string]any{"crds": map[string]any{"enabled": false}, "jobset": map[string]any{"install": false}}},
		"in the folder before":            {component: "kubeflow-trainer", release: "2.2.1", want: append(under("crds/", trainer), "crds/jobsets.jobset.x-k8s.io")},
		"off by default":                  {component: "cert-manager", release: "v1.21.1"},
		"kept": {component: "cert-manager", release: "v1.21.1", values: map[string]any{"crds": map[string]any{"enabled": true}}, want: []string{
			"templates/certificaterequests.cert-manager.io kept", "templates/certificates.cert-manager.io kept", "templates/challenges.acme.cert-manager.io kept",
			"templates/clusterissuers.cert-manager.io kept", "templates/issuers.cert-manager.io kept", "templates/orders.acme.cert-manager.io kept",
		}},
		"renewed by a job": {component: "kai-scheduler", release: "0.13.0", want: under("crds/", []string{"bindrequests.scheduling.run.ai", "configs.kai.scheduler", "podgroups.scheduling.run.ai", "queues.scheduling.run.ai", "schedulingshards.kai.scheduler", "topologies.kai.scheduler"})},
		"an operator's":    {component: "network-operator", release: "25.4.0", want: append(under("crds/", []string{"hostdevicenetworks.mellanox.com", "ipoibnetworks.mellanox.com", "macvlannetworks.mellanox.com", "nicclusterpolicies.mellanox.com"}), nfd...)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, definitionsOf(t, tt.component, tt.release, tt.values)); diff != "" {
				t.Errorf("definitions (-want +got):\n%s", diff)
			}
		})
	}
}

func under(folder string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = folder + name
	}
	return all
}

// definitionsOf are those that a chart includes with values, and where it has them.
func definitionsOf(t *testing.T, component, release string, values map[string]any) []string {
	t.Helper()
	m, err := newMaker()
	if err != nil {
		t.Fatal(err)
	}
	made, err := m.chart(component, release)
	if err != nil {
		t.Fatal(err)
	}
	path, err := util.Save(made, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := loader.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := util.ProcessDependencies(loaded, values); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, c := range append([]*chart.Chart{loaded}, loaded.Dependencies()...) {
		for _, file := range slices.Concat(c.Templates, c.Files) {
			if strings.Contains(string(file.Data), "kind: CustomResourceDefinition") {
				name := strings.TrimSuffix(file.Name, ".yaml")
				if strings.Contains(string(file.Data), "helm.sh/resource-policy: keep") {
					name += " kept"
				}
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestUnknownDefinition(t *testing.T) {
	t.Parallel()
	m, err := newMaker()
	if err != nil {
		t.Fatal(err)
	}
	delete(m.known, "clusterqueues.kueue.x-k8s.io")
	if err := func() error { _, err := m.chart("kueue", "0.19.2"); return err }(); err == nil || !strings.Contains(err.Error(), "definitions.yaml has no clusterqueues.kueue.x-k8s.io") {
		t.Errorf("a definition that is not described: %v", err)
	}
}
