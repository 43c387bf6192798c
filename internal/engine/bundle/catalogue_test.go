// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// embeddedLine returns K8s/image of the recipe that the embedded catalogue
// makes of a query.
func embeddedLine(t *testing.T, catalog *recipe.Catalog, q document.Query) map[string]string {
	t.Helper()
	result, err := catalog.Build(recipe.Request{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	line := map[string]string{}
	for key, value := range result.Recipe.Measurements.Subtype(measurement.K8s, "image").Data {
		line[key] = value.String()
	}
	return line
}

func embeddedCatalog(tb testing.TB) *recipe.Catalog {
	tb.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return catalog
}

// componentImages names, per chart, the image of each component of a release
// line, as chart.Release.Image takes it.
func componentImages() map[string]map[string]string {
	return map[string]map[string]string{
		"gpu-operator": {
			"driver": "driver", "container-toolkit": "toolkit", "k8s-device-plugin": "devicePlugin", "dcgm": "dcgm", "dcgm-exporter": "dcgmExporter",
			"k8s-driver-manager": "driver.manager", "k8s-mig-manager": "migManager", "gdrdrv": "gdrcopy", "nvidia-fs": "gds",
		},
		"network-operator": {
			"mofed-driver": "ofedDriver", "rdma-shared-device-plugin": "rdmaSharedDevicePlugin", "sriov-device-plugin": "sriovDevicePlugin",
			"multus-cni": "secondaryNetwork.multus", "container-networking-plugins": "secondaryNetwork.cniPlugins",
			"nvidia-k8s-ipam": "nvIpam", "nic-feature-discovery": "nicFeatureDiscovery",
		},
		"nvidia-dra-driver-gpu":     {},
		"aws-efa-k8s-device-plugin": {},
	}
}

// TestCatalogueLinesAreTheChartsDefaults compares every version of every release
// line with the facts about the line's charts: each tag is the chart's default,
// Helm installs the chart on that version, and its maker supports it there.
func TestCatalogueLinesAreTheChartsDefaults(t *testing.T) {
	t.Parallel()
	facts, catalog := component.Facts(), embeddedCatalog(t)
	suffixes := map[string]string{"eks": "-eks-3025e55", "gke": "-gke.1200", "aks": "", "oke": "", "self-managed": ""}
	for minor := 29; minor <= 36; minor++ {
		for service, suffix := range suffixes {
			version := "v1." + strconv.Itoa(minor) + ".3" + suffix
			t.Run(service+"/"+version, func(t *testing.T) {
				t.Parallel()
				line := embeddedLine(t, catalog, document.Query{Service: service, K8s: version})
				known := map[string]bool{}
				for name, components := range componentImages() {
					known[name] = true
					release := lineRelease(t, facts, name, line, version)
					for component, image := range components {
						known[component] = true
						checkDefault(t, release, component, image, line[component])
					}
				}
				for component := range line {
					if !known[component] {
						t.Errorf("the line has a component %s that is compared with nothing", component)
					}
				}
			})
		}
	}
}

// lineRelease returns the facts about a chart of a line, nil where the line has
// none of its releases.
func lineRelease(t *testing.T, facts *chart.Facts, name string, line map[string]string, kubernetes string) *chart.Release {
	t.Helper()
	if line[name] == "" {
		return nil
	}
	release, err := facts.Release(name, line[name])
	if err != nil {
		t.Fatal(err)
	}
	if release.Version != line[name] {
		t.Errorf("%s is %s, which the chart writes %s", name, line[name], release.Version)
	}
	for what, allowed := range map[string]func(string) (bool, error){
		"its kubeVersion":      release.KubeVersion.Allows,
		"its documented range": release.Kubernetes.Contains,
	} {
		if ok, err := allowed(kubernetes); err != nil || !ok {
			t.Errorf("%s %s is not for Kubernetes %s by %s (%v)", name, line[name], kubernetes, what, err)
		}
	}
	return release
}

func checkDefault(t *testing.T, release *chart.Release, component, image, tag string) {
	t.Helper()
	if release == nil {
		if tag != "" {
			t.Errorf("%s is %s, though the line has no release that it belongs to", component, tag)
		}
		return
	}
	want, found := release.Image(image)
	if !found {
		t.Fatalf("%s %s has no image %s", release.Name, release.Version, image)
	}
	if tag != want.Version {
		t.Errorf("%s is %q, want %q of %s %s", component, tag, want.Version, release.Name, release.Version)
	}
	if image != "devicePlugin" {
		return
	}
	if gfd, _ := release.Image("gfd"); gfd.Version != tag {
		t.Errorf("GPU feature discovery of %s is %q, want the device plugin's %q", release.Version, gfd.Version, tag)
	}
}

// TestCatalogueEFAInstanceTypes compares the instance types that the platform
// table wires with EFA with those on which the chart's pods run.
func TestCatalogueEFAInstanceTypes(t *testing.T) {
	t.Parallel()
	catalog := embeddedCatalog(t)
	line := embeddedLine(t, catalog, document.Query{Service: "eks"})
	release, err := component.Facts().Release("aws-efa-k8s-device-plugin", line["aws-efa-k8s-device-plugin"])
	if err != nil {
		t.Fatal(err)
	}
	listed := release.InstanceTypes()
	var lacking []string
	for _, platform := range catalog.Platforms() {
		for _, gpu := range platform.GPUs {
			for _, instance := range gpu.InstanceTypes {
				efa := platform.Service == "eks" && gpu.Fabric == "efa"
				if efa && !slices.Contains(listed, instance) {
					lacking = append(lacking, instance)
				}
				if !efa && slices.Contains(listed, instance) {
					t.Errorf("%s has the fabric %s, yet the chart runs there", instance, gpu.Fabric)
				}
			}
		}
	}
	if diff := cmp.Diff([]string(nil), lacking); diff != "" {
		t.Errorf("wired with EFA, but not listed by the chart (-want +got):\n%s", diff)
	}
}

// TestBundlersFollowInstanceTypes renders what snapshots of two sizes of one GPU
// lead to: only the size with a fabric gets the component that serves it.
func TestBundlersFollowInstanceTypes(t *testing.T) {
	t.Parallel()
	catalog := embeddedCatalog(t)
	tests := map[string]struct {
		service, instance string
		want              []string
	}{
		"EFA":           {"eks", "g6e.48xlarge", []string{"aws-efa-k8s-device-plugin", "gpu-operator"}},
		"no EFA":        {"eks", "g6e.2xlarge", []string{"gpu-operator"}},
		"InfiniBand":    {"aks", "Standard_ND96isr_H100_v5", []string{"gpu-operator", "network-operator"}},
		"no InfiniBand": {"aks", "Standard_NC40ads_H100_v5", []string{"gpu-operator"}},
		"RoCE":          {"oke", "BM.GPU.H100.8", []string{"gpu-operator", "network-operator"}},
		"no RoCE":       {"oke", "BM.GPU.L40S-NC.4", []string{"gpu-operator"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := func(data map[string]string) map[string]measurement.Reading {
				readings := map[string]measurement.Reading{}
				for key, value := range data {
					readings[key] = measurement.Str(value)
				}
				return readings
			}
			snapshot := document.Snapshot{Measurements: measurement.List{{Type: measurement.K8s, Subtypes: []measurement.Subtype{
				{Name: "node", Data: text(map[string]string{"provider": tt.service, "os-image": "Ubuntu 24.04.3 LTS", "instance-type": tt.instance})},
				{Name: "server", Data: text(map[string]string{"version": "v1.34.2"})},
			}}}}
			result, err := catalog.Build(recipe.Request{Query: document.Query{Intent: "training"}, Snapshot: &snapshot})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range render(t, bundle.Request{Recipe: result.Recipe}).Components {
				got = append(got, c.Name)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("components (-want +got):\n%s", diff)
			}
		})
	}
}
