// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestProvider(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	tests := map[string]struct {
		id, kubelet, label string
		want               string
	}{
		"EKS by label":                   {id: "aws:///us-east-1a/i-1", label: "eks.amazonaws.com/nodegroup", want: "eks"},
		"EKS by kubelet":                 {id: "aws:///us-east-1a/i-1", kubelet: "v1.33.5-eks-3025e55", want: "eks"},
		"EC2 with EKS Distro":            {id: "aws:///us-east-1a/i-1", kubelet: "v1.30.2-eks-1-30-8", want: "self-managed"},
		"EC2":                            {id: "aws:///us-east-1a/i-1", kubelet: "v1.33.5", label: "topology.ebs.csi.aws.com/zone", want: "self-managed"},
		"GKE":                            {id: "gce://p/z/n", label: "cloud.google.com/gke-nodepool", want: "gke"},
		"GCE":                            {id: "gce://p/z/n", label: "topology.gke.io/zone", want: "self-managed"},
		"AKS":                            {id: "azure:///subscriptions/s", label: "kubernetes.azure.com/agentpool", want: "aks"},
		"Azure":                          {id: "azure:///subscriptions/s", want: "self-managed"},
		"OKE":                            {id: "ocid1.instance.oc1.iad.x", label: "oke.oraclecloud.com/pool.name", want: "oke"},
		"OKE with a scheme":              {id: "oci://ocid1.instance.oc1.iad.x", label: "oci.oraclecloud.com/oke-is-preemptible", want: "oke"},
		"OCI":                            {id: "ocid1.instance.oc1.iad.x", label: "oci.oraclecloud.com/fault-domain", want: "self-managed"},
		"another cloud's mark":           {id: "gce://p/z/n", label: "eks.amazonaws.com/nodegroup", want: "self-managed"},
		"bare metal":                     {want: "self-managed"},
		"an ID without a scheme":         {id: "rack-7", want: "self-managed"},
		"kind":                           {id: "kind://docker/kind/kind-control-plane", want: "kind"},
		"somebody's, nobody knows whose": {id: "digitalocean://1", want: "digitalocean"},
	}
	for name, tt := range tests {
		if got := c.Provider(tt.id, tt.kubelet, map[string]string{tt.label: "x"}); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func TestImageRelease(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for image, want := range map[string][2]string{
		"Ubuntu 22.04.5 LTS":                                    {"ubuntu", "22.04"},
		"Container-Optimized OS from Google":                    {"cos", ""},
		"Amazon Linux 2023.6.20250107":                          {"amzn", "2023"},
		"Amazon Linux 2":                                        {"amzn", "2"},
		"Oracle Linux Server 8.10":                              {"ol", "8.10"},
		"Red Hat Enterprise Linux 9.4 (Plow)":                   {"rhel", "9.4"},
		"Red Hat Enterprise Linux CoreOS 417.94.202501301529-0": {"rhcos", ""},
		"Rocky Linux 9.4 (Blue Onyx)":                           {"rocky", "9.4"},
		"AlmaLinux 9.5 (Teal Serval)":                           {"almalinux", "9.5"},
		"CentOS Stream 9":                                       {"centos", "9"},
		"CentOS Linux 7 (Core)":                                 {"centos", "7"},
		"Bottlerocket OS 1.30.0 (aws-k8s-1.33-nvidia)":          {"bottlerocket", "1.30.0"},
		"Ubuntu": {"", ""},
		"":       {"", ""},
	} {
		if id, version := c.ImageRelease(image); id != want[0] || version != want[1] {
			t.Errorf("%q: got %q %q, want %q", image, id, version, want)
		}
	}
}

func TestGPUInstanceType(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, `
base: [{type: K8s, subtypes: [{subtype: image, data: {driver: "1"}}]}]
platforms:
- {service: eks, os: [ubuntu], gpus: [{gpu: h100, instanceTypes: [p5.48xlarge, p5.4xlarge]}, {gpu: l4}]}
`)
	for name, want := range map[string]bool{"p5.48xlarge": true, "p5.4xlarge": true, "m5.large": false, "p5": false, "": false} {
		if got := c.GPUInstanceType(name); got != want {
			t.Errorf("%q: got %t, want %t", name, got, want)
		}
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	got, err := recipe.Normalizer()(document.Query{OS: "Rocky", OSVersion: " 24.04 ", Kernel: "any", Service: " AKS", K8s: "v1.33.5-eks-3025e55", GPU: "GB200", Intent: "Any", Context: true})
	if err != nil {
		t.Fatal(err)
	}
	want := document.Query{OS: "rhel", OSVersion: "24.04", Service: "aks", K8s: "v1.33.5-eks-3025e55", GPU: "gb200", Context: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = recipe.Normalizer()(document.Query{OSVersion: "abc", K8s: "1..2"})
	for _, text := range []string{`request.osv: "abc" is not a version`, `request.k8s: "1..2" is not a version`} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q in it", err, text)
		}
	}
}
