// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

func placement(t *testing.T) *bundle.Placement {
	t.Helper()
	p, err := bundle.ParsePlacement(t.Context(), []byte(`
system: {node_selector: {pool: system}, tolerations: [{key: system, operator: Exists}]}
gpu: {tolerations: [{key: pool, value: gpu, effect: NoSchedule}, {key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]}
storage_class: fast
`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func registry(t *testing.T) *bundle.Registry {
	t.Helper()
	r, err := bundle.ParseRegistry(t.Context(), []byte(`
mirror: registry.example.com:5000/mirror
pull_secrets: [mirror]
chart_repositories: {"*": "oci://registry.example.com:5000/charts", gpu-operator: "https://charts.example.com"}
packages: {gpu_config_map: gpu-packages, doca_config_map: doca-packages, cert_config_map: certificates}
`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMirrorHoldsEverything: with a mirror, no image of any stack comes from another
// place, and their list is the one without it but for the host.
func TestMirrorHoldsEverything(t *testing.T) {
	t.Parallel()
	recipes := map[string]document.Recipe{"asked for": askedFor(t, "eks")}
	for _, name := range fixtures() {
		recipes[name] = fixture(t, name)
	}
	for name, recipe := range recipes {
		public := render(t, bundle.Request{Recipe: recipe})
		mirrored := render(t, bundle.Request{Recipe: recipe, Registry: registry(t)})
		for i, c := range public.Components {
			var want []string
			for _, image := range c.Images {
				_, path, _ := strings.Cut(image, "/")
				want = append(want, "registry.example.com:5000/mirror/"+path)
			}
			slices.Sort(want)
			const withoutPods = "prometheus-operator-crds"
			if diff := cmp.Diff(want, mirrored.Components[i].Images); diff != "" || len(want) == 0 != (c.Name == withoutPods) {
				t.Errorf("%s: %s (-want +got):\n%s", name, c.Name, diff)
			}
		}
		for _, f := range mirrored.Findings {
			if f.Rule == "image-not-mirrored" {
				t.Errorf("%s: %s", name, f.Message)
			}
		}
	}
}

// TestImageNotMirrored: an override that takes an image from elsewhere is found, and
// one that takes it from the mirror is left alone.
func TestImageNotMirrored(t *testing.T) {
	t.Parallel()
	for repository, want := range map[string]int{"quay.io/own": 1, "registry.example.com:5000/mirror/own": 0} {
		b := render(t, bundle.Request{
			Recipe: fixture(t, "self-managed-h100-rdma"), Registry: registry(t),
			Overrides: map[string]string{"gpu-operator": "toolkit: {repository: " + repository + "}"},
		})
		found := slices.DeleteFunc(b.Findings, func(f bundle.Finding) bool { return f.Rule != "image-not-mirrored" })
		if len(found) != want {
			t.Errorf("%s: %d findings, want %d: %v", repository, len(found), want, found)
		}
		if images := componentOf(t, b, "gpu-operator").Images; !slices.ContainsFunc(images, func(i string) bool { return strings.HasPrefix(i, repository+"/container-toolkit:") }) {
			t.Errorf("%s: not in %q", repository, images)
		}
	}
}

// TestImagesOfEachSystem: where the recipe does not state the version of the operating
// system, every image that nodes may pull is listed.
func TestImagesOfEachSystem(t *testing.T) {
	t.Parallel()
	recipe := fixture(t, "self-managed-h100-rdma")
	recipe.Request.OSVersion = ""
	b := render(t, bundle.Request{Recipe: recipe})
	var drivers []string
	for _, image := range componentOf(t, b, "gpu-operator").Images {
		if name, tag, _ := strings.Cut(image, ":"); name == "nvcr.io/nvidia/driver" {
			drivers = append(drivers, tag[strings.LastIndex(tag, "-")+1:])
		}
	}
	if want := []string{"ubuntu22.04", "ubuntu24.04", "ubuntu26.04"}; !slices.Equal(drivers, want) {
		t.Errorf("drivers for %q, want %q", drivers, want)
	}
	want := []string{"nvcr.io/nvidia/mellanox/doca-driver: its tag holds osv, which the recipe does not set"}
	if diff := cmp.Diff(want, componentOf(t, b, "network-operator").ImagesMissing); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	mirrored := render(t, bundle.Request{Recipe: recipe, Registry: registry(t)})
	if !slices.ContainsFunc(mirrored.Findings, func(f bundle.Finding) bool {
		return f.Rule == "image-not-listed" && f.Component == "network-operator" && strings.Contains(f.Message, "its tag holds osv")
	}) {
		t.Errorf("nothing is said of the image that is not listed: %v", mirrored.Findings)
	}
}

// TestSiteIsChecked: what Kubernetes or a registry would refuse is an error of the
// input that it is in.
func TestSiteIsChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"placement: {system: {node_selector: {a b: c}}}":                                "system: the node selector a b=c is not a label",
		"placement: {gpu: {node_selector: {a: b c}}}":                                   "gpu: the node selector a=b c is not a label",
		"placement: {gpu: {tolerations: [{operator: Sometimes, key: a}]}}":              `gpu: toleration 1: operator "Sometimes": use Equal or Exists`,
		"placement: {gpu: {tolerations: [{key: a, effect: noschedule}]}}":               `gpu: toleration 1: effect "noschedule": use NoSchedule`,
		"placement: {gpu: {tolerations: [{key: a}, {value: b}]}}":                       "gpu: toleration 2: without a key",
		"placement: {gpu: {tolerations: [{key: a, operator: Exists, value: b}]}}":       `gpu: toleration 1: the operator Exists takes no value, got "b"`,
		"placement: {gpu: {tolerations: [{key: a b}]}}":                                 `gpu: toleration 1: "a b": `,
		"placement: {gpu: {tolerations: [{key: a, tolerationSeconds: 5}]}}":             "gpu: toleration 1: seconds are for the effect NoExecute only",
		"placement: {storage_class: Fast}":                                              `storage_class: "Fast"`,
		"placement: {}":                                                                 "it says nothing",
		"registry: {}":                                                                  "it says nothing",
		"registry: {mirror: 'https://registry.example.com'}":                            `mirror: got "https://registry.example.com", want a registry and no scheme`,
		"registry: {mirror: mirror}":                                                    `mirror: got "mirror"`,
		"registry: {mirror: registry.example.com/}":                                     `mirror: got "registry.example.com/"`,
		"registry: {pull_secrets: [A]}":                                                 `pull_secrets: "A"`,
		"registry: {packages: {doca_config_map: _}}":                                    `packages: "_"`,
		"registry: {chart_repositories: {gpu-operatr: 'oci://registry.example.com/c'}}": `there is no component "gpu-operatr"; did you mean "gpu-operator"?`,
		"registry: {chart_repositories: {'*': 'ftp://registry.example.com/c'}}":         "that of * is not an https, http or oci URL",
		"registry: {chart_repositories: {'*': 'oci://me:pw@registry.example.com/c'}}":   "that of * is not an https, http or oci URL without a password",
	} {
		field, value, _ := strings.Cut(text, ": ")
		req := bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma")}
		var err error
		if field == "placement" {
			req.Placement, err = bundle.ParsePlacement(t.Context(), []byte(value))
		} else {
			req.Registry, err = bundle.ParseRegistry(t.Context(), []byte(value))
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		input := inputErrors(t, renderer().Validate(t.Context(), req))[0]
		if input.Field != field || !strings.Contains(input.Err.Error(), want) {
			t.Errorf("%s: %s: %v, want %q", text, input.Field, input.Err, want)
		}
	}
}

// TestSiteIsRead: what is misspelled is not left out.
func TestSiteIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"system: {nodeSelectr: {a: b}}":         `unknown field "nodeSelectr"`,
		"system: {node_selector: a}":            "cannot unmarshal string",
		"system: [":                             "",
		"gpu: {tolerations: [{keys: a}]}":       `unknown field "keys"`,
		"{storage_class: a, storage_class: b}":  "",
		"mirror: registry.example.com\nsystem:": `unknown field "mirror"`,
	} {
		if _, err := bundle.ParsePlacement(t.Context(), []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
