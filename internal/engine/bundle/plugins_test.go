// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestDRADriverRoot follows who installs the GPU driver, and where.
func TestDRADriverRoot(t *testing.T) {
	t.Parallel()
	const cosDir = "/home/kubernetes/bin/nvidia"
	for name, tt := range map[string]struct {
		change func(*scenario)
		want   any // nil: the chart's default, the host's root
	}{
		"operator": {func(*scenario) {}, "/run/nvidia/driver"},
		"host":     {func(s *scenario) { s.withoutOperatorDriver() }, nil},
		"COS": {func(s *scenario) {
			s.withoutOperatorDriver().set(config("driver_install_dir"), cosDir)
		}, cosDir},
		"override of the operator":  {func(s *scenario) { s.gpu("driver: {enabled: false}") }, nil},
		"override of the directory": {func(s *scenario) { s.gpu("hostPaths: {driverInstallDir: /opt/driver}") }, "/opt/driver"},
		"override of its own":       {func(s *scenario) { s.override("nvidia-dra-driver-gpu", "nvidiaDriverRoot: /opt/driver") }, "/opt/driver"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScenario(t, func(s *scenario) {
				s.dra("{}")
				tt.change(s)
			})
			if diff := cmp.Diff(tt.want, values(t, render(t, s.Request), "nvidia-dra-driver-gpu")["nvidiaDriverRoot"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestDRAControllerPlacement: a null takes the default away where no node is a
// control-plane node, and survives into the values.
func TestDRAControllerPlacement(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]any{
		"eks": map[string]any{"affinity": map[string]any{"nodeAffinity": nil}},
		"oke": map[string]any{"affinity": map[string]any{"nodeAffinity": nil}},
		"":    nil, "self-managed": nil,
	} {
		s := newScenario(t, func(s *scenario) {
			s.dra("{}").on(service, "ubuntu", "gb200").set(network("deploy_ofed"), false).set(network("fabric"), "none")
			s.Bundlers = []string{"nvidia-dra-driver-gpu"}
		})
		if diff := cmp.Diff(want, values(t, render(t, s.Request), "nvidia-dra-driver-gpu")["controller"]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", service, diff)
		}
	}
}

func TestPluginManifests(t *testing.T) {
	t.Parallel()
	dra := func(s *scenario) { s.dra("{}").set(config("critical_pod_quota"), true) }
	efa := func(s *scenario) { s.efa("v0.5.30", "h100") }
	for _, tt := range []struct {
		component, namespace string
		change               func(*scenario)
		want                 []string
	}{
		{"nvidia-dra-driver-gpu", "nvidia-dra-driver-gpu", dra, []string{"manifests/namespace.yaml", "manifests/resourcequota.yaml"}},
		{"aws-efa-k8s-device-plugin", "kube-system", efa, nil},
		{"aws-efa-k8s-device-plugin", "efa", func(s *scenario) {
			efa(s)
			s.Namespaces = map[string]string{"aws-efa-k8s-device-plugin": "efa"}
		}, []string{"manifests/namespace.yaml"}},
	} {
		c := componentOf(t, render(t, newScenario(t, tt.change).Request), tt.component)
		if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(c.Manifests)), cmpopts.EquateEmpty()); diff != "" || c.Namespace != tt.namespace {
			t.Errorf("%s in %s: manifests (-want +got):\n%s", tt.component, c.Namespace, diff)
		}
		for path, text := range c.Manifests {
			if !strings.Contains(text, tt.namespace) {
				t.Errorf("%s is not in namespace %s:\n%s", path, tt.namespace, text)
			}
		}
	}
}

// TestPluginOutline is TestOutlineAgreesWithRender for the plugins.
func TestPluginOutline(t *testing.T) {
	t.Parallel()
	chosen := []string{"aws-efa-k8s-device-plugin", "gpu-operator", "nvidia-dra-driver-gpu"}
	const dra = "nvidia-dra-driver-gpu"
	outline, err := renderer().Outline(t.Context(), bundle.Request{Bundlers: chosen, Releases: map[string]string{dra: "0.4.1"}})
	if err != nil {
		t.Fatal(err)
	}
	b := render(t, bundle.Request{Recipe: fixture(t, "eks-gb200-training"), Bundlers: chosen})
	ignored := cmpopts.IgnoreFields(bundle.Component{}, "Version", "Unknown", "Values", "ValuesSHA256", "Manifests", "ApplyOrder", "ChartManifests", "Images", "Ready", "Definitions", "Prerequisites")
	if diff := cmp.Diff(outline, b.Components, ignored); diff != "" {
		t.Errorf("(-outline +render):\n%s", diff)
	}
	if got := b.Components[2].Requires; !slices.Equal(got, []string{"gpu-operator"}) {
		t.Errorf("the DRA driver requires %v", got)
	}
	if outline, err = renderer().Outline(t.Context(), bundle.Request{Bundlers: []string{dra}}); err != nil || !outline[0].Unknown.Source || outline[0].Chart+outline[0].Repository != "" {
		t.Errorf("without a release: got %+v and %v, want no chart: it was renamed", outline, err)
	}
}

func TestPluginScripts(t *testing.T) {
	t.Parallel()
	c := newCluster(t, render(t, bundle.Request{Recipe: fixture(t, "eks-gb200-training")}), "helm", "kubectl")
	const efa, dra = "aws-efa-k8s-device-plugin", "nvidia-dra-driver-gpu"
	rollout := func(kind, name, namespace string) string {
		return "kubectl <rollout> <status> <" + kind + "> <--selector> <app.kubernetes.io/instance=" + name + "> <--namespace> <" + namespace + "> <--timeout> <20m>"
	}
	helm := func(name, chart, version, namespace string) string {
		return "helm <upgrade> <--install> <" + name + "> <" + chart + "> <--version> <" + version + "> <--namespace> <" + namespace +
			"> <--values> <DIR/" + name + "/values.yaml> <--wait> <--timeout> <20m>"
	}
	const fromAmazon = efa + "> <--repo> <https://aws.github.io/eks-charts"
	uninstall := func(name, namespace string) string {
		return "helm <uninstall> <" + name + "> <--namespace> <" + namespace + "> <--ignore-not-found> <--wait> <--timeout> <10m>"
	}
	const chart = "oci://registry.k8s.io/dra-driver-nvidia/charts/dra-driver-nvidia-gpu"
	look := lookCalls(dra, dra, chart, "0.4.1")
	for _, tt := range []struct {
		script string
		args   []string
		want   []string
	}{
		{efa + "/scripts/install.sh", nil, []string{
			helm(efa, fromAmazon, "v0.5.30", "kube-system"), rollout("daemonset", efa, "kube-system"),
		}},
		{efa + "/scripts/install.sh", []string{"--no-wait"}, []string{helm(efa, fromAmazon, "v0.5.30", "kube-system")}},
		{efa + "/scripts/uninstall.sh", []string{"--delete-crds", "--delete-namespace"}, []string{uninstall(efa, "kube-system")}},
		{dra + "/scripts/install.sh", nil, []string{
			"kubectl <apply> <--filename> <DIR/" + dra + "/manifests/namespace.yaml>",
			look[0], look[1], helm(dra, chart, "0.4.1", dra),
			rollout("deployment", dra, dra), rollout("daemonset", dra, dra),
		}},
		{dra + "/scripts/uninstall.sh", []string{"--delete-crds", "--delete-namespace"}, []string{
			uninstall(dra, dra),
			"kubectl <delete> <crd> <--ignore-not-found> <--timeout> <10m> <computedomaincliques.resource.nvidia.com> <computedomains.resource.nvidia.com>",
			"kubectl <delete> <namespace> <--ignore-not-found> <--timeout> <10m> <" + dra + ">",
		}},
	} {
		calls, output, failed := c.run(nil, tt.script, tt.args...)
		if failed {
			t.Errorf("%s %v failed:\n%s", tt.script, tt.args, output)
		}
		c.want(tt.script, tt.want, calls)
	}
}

// TestAdviceOnInstanceTypes names what is to change: the release, the chart's
// list, or the override in its place.
func TestAdviceOnInstanceTypes(t *testing.T) {
	t.Parallel()
	const name = "aws-efa-k8s-device-plugin"
	for want, change := range map[string]func(*scenario){
		`recipe: supportedInstanceLabels.values: the chart aws-efa-k8s-device-plugin v0.5.3 lists no instance type with h200 (p5e.48xlarge, p5en.48xlarge), so the plugin's pods do not start there; use aws-efa-k8s-device-plugin v0.5.30, or add the type to supportedInstanceLabels.values (rule efa-instance-type)`: func(s *scenario) {
			s.efa("v0.5.3", "h200")
		},
		`recipe: supportedInstanceLabels.values: the chart aws-efa-k8s-device-plugin v0.5.30 does not list the instance type p9.48xlarge, so the plugin's pods do not start there; add the type to supportedInstanceLabels.values (rule efa-instance-type)`: func(s *scenario) {
			s.efa("v0.5.30", "h100").onInstance("p9.48xlarge")
		},
		`overrides["aws-efa-k8s-device-plugin"]: supportedInstanceLabels.values: the override, which replaces the chart's list, lists no instance type with h100 (p5.48xlarge, p5.4xlarge), so the plugin's pods do not start there; add the type to the override, or remove the override (rule efa-instance-type)`: func(s *scenario) {
			s.efa("v0.5.30", "h100").override(name, "supportedInstanceLabels: {values: [p4d.24xlarge]}")
		},
	} {
		_, err := renderer().Render(t.Context(), newScenario(t, change).Request)
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
