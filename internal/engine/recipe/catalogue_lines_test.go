// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// gpuLine returns the components of a gpu-operator release, in the order of its
// release notes.
func gpuLine(versions string) map[string]string {
	return zip([]string{
		"gpu-operator", "driver", "k8s-driver-manager", "container-toolkit", "k8s-device-plugin",
		"dcgm", "dcgm-exporter", "k8s-mig-manager", "nvidia-fs", "gdrdrv",
	}, strings.Fields(versions))
}

// networkLine returns the components of a network-operator release, all of
// which but the driver carry the operator's tag.
func networkLine(version, mofed string) map[string]string {
	line := map[string]string{"network-operator": version, "mofed-driver": mofed}
	for _, component := range []string{
		"rdma-shared-device-plugin", "sriov-device-plugin", "multus-cni",
		"container-networking-plugins", "nvidia-k8s-ipam", "nic-feature-discovery",
	} {
		line[component] = "network-operator-v" + version
	}
	return line
}

func draLine() map[string]string { return map[string]string{"nvidia-dra-driver-gpu": "25.12.0"} }

func zip(keys, values []string) map[string]string {
	m := make(map[string]string, len(keys))
	for i, key := range keys {
		m[key] = values[i]
	}
	return m
}

func join(lines ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, line := range lines {
		maps.Copy(all, line)
	}
	return all
}

func TestCatalogueReleaseLines(t *testing.T) {
	t.Parallel()
	v2534 := gpuLine("v25.3.4 580.82.07 v0.8.1 v1.17.8-ubuntu20.04 v0.17.4 4.3.1-1-ubuntu22.04 4.3.1-4.4.0-ubuntu22.04 v0.12.3-ubuntu20.04 2.20.5 v2.5.1")
	v25101 := gpuLine("v25.10.1 580.105.08 v0.9.1 v1.18.1 v0.18.1 4.4.2-1-ubuntu22.04 4.4.2-4.7.0-distroless v0.13.1 2.26.6 v2.5.1")
	v2633 := gpuLine("v26.3.3 580.126.20 v0.11.0 v1.19.1 v0.19.3 4.5.2-1-ubuntu22.04 4.5.3-4.8.2-distroless v0.14.2 2.27.3 v2.5.2")
	v2670 := gpuLine("v26.7.0 595.91.07 v0.12.0 v1.20.0 v0.20.0 4.6.0-1-ubuntu24.04 4.6.0-4.8.3-distroless v0.15.0 2.29.4 v2.6")
	n2570 := networkLine("25.7.0", "doca3.1.0-25.07-0.9.7.0-0")
	n25100 := networkLine("25.10.0", "doca3.2.0-25.10-1.2.8.0-2")
	n2641 := networkLine("26.4.1", "doca3.4.1-26.04-1.1.0.0-1")
	tests := map[string]struct {
		line    map[string]string
		network map[string]string
		suffix  bool // network can be installed where the server's version has a suffix
	}{
		"1.28.15": {line: v2534, network: n2570}, // nearest
		"1.29":    {line: v2534, network: n2570},
		"1.30":    {line: v25101, network: n25100},
		"1.31":    {line: v25101, network: n2641, suffix: true},
		"1.32":    {line: join(v2633, draLine()), network: n2641, suffix: true},
		"1.33":    {line: join(v2670, draLine()), network: n2641, suffix: true},
		"1.34":    {line: join(v2670, draLine()), network: n2641, suffix: true},
		"1.35":    {line: join(v2670, draLine()), network: n2641, suffix: true},
		"1.36":    {line: join(v2670, draLine())},
		"1.37.1":  {line: join(v2670, draLine())}, // nearest
		"":        {line: join(v2670, draLine()), network: n2641, suffix: true},
	}
	c := embeddedCatalogue(t)
	for k8s, tt := range tests {
		for service, vendor := range map[string]string{"eks": "-eks-3025e55", "gke": "-gke.1200", "aks": "", "oke": "", "self-managed": "+rke2r1"} {
			want := join(tt.line, tt.network)
			if suffixed := service == "eks" || service == "gke"; suffixed && !tt.suffix {
				want = join(tt.line)
			}
			if service == "eks" {
				want["aws-efa-k8s-device-plugin"] = "v0.5.30"
			}
			for _, version := range versionsOf(k8s, vendor) {
				r := recipeFor(t, c, document.Query{Service: service, OS: "ubuntu", GPU: "h100", Intent: "training", K8s: version})
				if diff := cmp.Diff(want, images(r)); diff != "" {
					t.Errorf("%s %q (-want +got):\n%s", service, version, diff)
				}
				if got := r.Recipe.Measurements.Text(measurement.K8s, "server", "version"); got != version {
					t.Errorf("%s %q: server version %q", service, version, got)
				}
			}
		}
	}
}

// versionsOf returns the ways in which one Kubernetes minor is written.
func versionsOf(k8s, vendor string) []string {
	switch strings.Count(k8s, ".") {
	case 0:
		return []string{""}
	case 1:
		return []string{k8s, "v" + k8s + ".0", "v" + k8s + ".14" + vendor}
	default:
		return []string{k8s, "v" + k8s + vendor}
	}
}

func images(r *recipe.Result) map[string]string {
	m := map[string]string{}
	for key, value := range r.Recipe.Measurements.Subtype(measurement.K8s, "image").Data {
		m[key] = value.String()
	}
	return m
}

func TestCatalogueConstraints(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	driver := func(version string) []string {
		return []string{"types: [{type: K8s, subtypes: [{subtype: image, data: {driver: " + version + "}}]}]"}
	}
	tests := map[string]struct {
		query    document.Query
		overlays []string
		want     string // in the error; "" where the recipe is fine
	}{
		"gb200 on the oldest Kubernetes with ComputeDomains": {query: document.Query{GPU: "gb200", K8s: "1.32"}},
		"gb200 without ComputeDomains":                       {query: document.Query{GPU: "gb200", K8s: "v1.31.9-eks-113cf36"}, want: "gpu=gb200 demands k8s >= 1.32"},
		"gb200 with an unknown Kubernetes":                   {query: document.Query{GPU: "gb200"}},
		"gb200 without coherent memory":                      {query: document.Query{GPU: "gb200"}, overlays: driver("570.124.06"), want: "gpu=gb200 demands driver >= 580.65.06"},
		"gb200 with the first coherent driver":               {query: document.Query{GPU: "gb200"}, overlays: driver("580.65.06")},
		"gb200 on a tested EKS kernel":                       {query: document.Query{Service: "eks", OS: "ubuntu", GPU: "gb200", Kernel: "6.8.0-1028-aws"}},
		"gb200 on an older EKS kernel":                       {query: document.Query{Service: "eks", OS: "ubuntu", GPU: "gb200", Kernel: "5.15.0-1084-aws"}, want: "demands kernel >= 6.8"},
		"b200 with the driver of v25.3.0":                    {query: document.Query{GPU: "b200"}, overlays: driver("570.124.06"), want: "gpu=b200 demands driver >= 570.133.20"},
		"b200 with its first driver":                         {query: document.Query{GPU: "b200"}, overlays: driver("570.133.20")},
		"h100 on an old branch":                              {query: document.Query{GPU: "h100"}, overlays: driver("470.256.02"), want: "gpu=h100 demands driver >= 525.60.13"},
		"Ubuntu 20.04 on AKS":                                {query: document.Query{Service: "aks", OS: "ubuntu", OSVersion: "20.04"}, want: "os=ubuntu,service=aks demands osv >= 22.04"},
		"Ubuntu 22.04 on AKS":                                {query: document.Query{Service: "aks", OS: "ubuntu", OSVersion: "22.04"}},
		"Ubuntu 20.04 on OKE":                                {query: document.Query{Service: "oke", OS: "ubuntu", OSVersion: "20.04"}, want: "os=ubuntu,service=oke demands osv >= 22.04"},
		"Ubuntu 20.04 elsewhere":                             {query: document.Query{Service: "self-managed", OS: "ubuntu", OSVersion: "20.04"}},
		"Oracle Linux 9 on OKE":                              {query: document.Query{Service: "oke", OS: "ol", OSVersion: "9.5"}, want: "os=oraclelinux,service=oke demands osv 8"},
		"Oracle Linux 8 on OKE":                              {query: document.Query{Service: "oke", OS: "ol", OSVersion: "8.10"}},
		"Amazon Linux 2":                                     {query: document.Query{OS: "amzn", OSVersion: "2"}, want: "os=amazonlinux demands osv >= 2023"},
		"Amazon Linux 2023":                                  {query: document.Query{OS: "amzn", OSVersion: "2023.9"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Build(recipe.Request{Query: tt.query, Overlays: tt.overlays})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want a recipe", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestCatalogueRuntimeConfiguration pins where the toolkit reads containerd's
// configuration on COS: from GKE 1.33 on, and without a version, in its file.
func TestCatalogueRuntimeConfiguration(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	for k8s, want := range map[string]string{"1.29": "", "v1.32.9-gke.1200": "", "1.33": "file", "v1.36.0-gke.1": "file", "": "file"} {
		r := recipeFor(t, c, document.Query{Service: "gke", OS: "cos", K8s: k8s})
		if got := config(r, "toolkit_runtime_config_source"); got != want {
			t.Errorf("%q: got %q, want %q", k8s, got, want)
		}
	}
}

func TestCatalogueInstanceTypesTellTheGPU(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	owner := map[string]string{}
	for _, p := range c.Platforms() {
		fabrics := map[string][]string{}
		for _, g := range p.GPUs {
			if (len(g.InstanceTypes) == 0) != (p.Service == "self-managed") {
				t.Errorf("%s %s has instance types %v", p.Service, g.GPU, g.InstanceTypes)
			}
			for _, instance := range g.InstanceTypes {
				if other, taken := owner[instance]; taken {
					t.Errorf("%s is listed for %s and %s", instance, other, g.GPU)
				}
				owner[instance] = g.GPU
			}
			fabrics[g.GPU] = append(fabrics[g.GPU], g.Fabric)
		}
		if p.Service == "self-managed" {
			continue
		}
		for gpu, known := range fabrics {
			r := recipeFor(t, c, document.Query{Service: p.Service, GPU: gpu})
			if fabric := network(r, "fabric"); !strings.Contains(strings.Join(known, " "), fabric) {
				t.Errorf("%s %s: the recipe says %s, the platform table %v", p.Service, gpu, fabric, known)
			}
		}
	}
}
