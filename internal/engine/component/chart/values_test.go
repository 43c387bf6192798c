// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

type found struct {
	Path       string
	Kind       Kind
	Suggestion string
}

func finds(problems []Problem) []found {
	var out []found
	for _, p := range problems {
		out = append(out, found{p.Path, p.Kind, p.Suggestion})
	}
	return out
}

func TestDefaultsHaveNoProblem(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for _, chart := range []string{"gpu-operator", "network-operator"} {
		for _, version := range facts.Releases(chart) {
			release := embeddedRelease(t, chart, version)
			// The charts themselves set keys that they do not read.
			dead := func(p Problem) bool { return p.Kind == Dead }
			for _, problem := range slices.DeleteFunc(release.CheckValues(release.defaults()), dead) {
				t.Errorf("%s %s: %s", chart, version, problem)
			}
		}
	}
}

func TestCheckValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		chart, version, values string
		want                   []found
	}{
		"valid": {"gpu-operator", "v26.7.0", `{"driver":{"version":"595.91.07","enabled":true}}`, nil},
		"empty": {"gpu-operator", "v26.7.0", `{}`, nil},
		"read by a template only": {
			"gpu-operator", "v26.7.0",
			`{"operator":{"version":"v26.7.0"},"dcgmExporter":{"config":{"create":true,"name":"m","data":"x"}},"nameOverride":"n"}`, nil,
		},
		"below a free map":         {"gpu-operator", "v26.7.0", `{"operator":{"annotations":{"any.io/thing":"at all"}},"node-feature-discovery":{"featureGates":{"Any":true}}}`, nil},
		"a null deletes a default": {"gpu-operator", "v26.7.0", `{"driver":{"startupProbe":null,"version":null}}`, nil},
		"an integer where the field takes both": {
			"gpu-operator", "v26.7.0",
			`{"driver":{"upgradePolicy":{"maxUnavailable":1}}}`, nil,
		},

		"typo":                    {"gpu-operator", "v26.7.0", `{"driver":{"verzion":"1"}}`, []found{{"driver.verzion", Unknown, "driver.version"}}},
		"case":                    {"gpu-operator", "v26.7.0", `{"Driver":{}}`, []found{{"Driver", Unknown, "driver"}}},
		"one level up":            {"gpu-operator", "v26.7.0", `{"driver":{"maxParallelUpgrades":1}}`, []found{{"driver.maxParallelUpgrades", Unknown, "driver.upgradePolicy.maxParallelUpgrades"}}},
		"a level too many":        {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"kernelModuleType":"open"}}}`, []found{{"driver.upgradePolicy.kernelModuleType", Unknown, "driver.kernelModuleType"}}},
		"another branch":          {"gpu-operator", "v26.7.0", `{"vfioManager":{"driverManagers":{}}}`, []found{{"vfioManager.driverManagers", Unknown, "vfioManager.driverManager"}}},
		"nothing near":            {"gpu-operator", "v26.7.0", `{"zzzzzz":1}`, []found{{"zzzzzz", Unknown, ""}}},
		"of another level":        {"gpu-operator", "v26.7.0", `{"namespace":"x"}`, []found{{"namespace", Unknown, ""}}},
		"reported once":           {"gpu-operator", "v26.7.0", `{"psp":{"enabled":true,"more":{"and":"more"}}}`, []found{{"psp", Unknown, ""}}},
		"below a name with a dot": {"kube-prometheus-stack", "88.5.3", `{"grafana":{"grafana.ini":{"server":{"domain":"d"},"security":{"cookie_secure":true}}}}`, nil},
		"a sub-chart's switch":    {"kube-prometheus-stack", "88.5.3", `{"crds":{"enabled":false}}`, nil},
		"more than the switch":    {"kube-prometheus-stack", "88.5.3", `{"crds":{"enabled":false,"upgradeJob":{"enabled":true}}}`, []found{{"crds", Dead, ""}}},
		"a typo below it":         {"kube-prometheus-stack", "88.5.3", `{"grafana":{"grafana.inni":{}}}`, []found{{`grafana["grafana.inni"]`, Unknown, `grafana["grafana.ini"]`}}},
		"name that needs quotes": {
			"gpu-operator", "v26.7.0", `{"a.b":1,"":2}`,
			[]found{{`[""]`, Unknown, ""}, {`["a.b"]`, Unknown, ""}},
		},
		"a field that the ClusterPolicy lacks": {
			"gpu-operator", "v26.7.0", `{"operator":{"defaultGPUMode":"container"}}`,
			[]found{{"operator.defaultGPUMode", Unknown, ""}},
		},
		"a field of a later release": {
			"gpu-operator", "v25.3.4", `{"driver":{"licensingConfig":{"secretName":"s"}}}`,
			[]found{{"driver.licensingConfig.secretName", Unknown, ""}},
		},

		"below a map that no template renders whole": {
			"gpu-operator", "v26.7.0", `{"daemonsets":{"nodeSelector":{"a":"b"},"rollingUpdate":{"surge":1}}}`,
			[]found{{"daemonsets.nodeSelector", Unknown, "operator.nodeSelector"}, {"daemonsets.rollingUpdate.surge", Unknown, ""}},
		},
		"below a map that an inactive template renders whole": {
			"gpu-operator", "v26.7.0", `{"driver":{"manager":{"imagePullSecrets":["a"]}}}`,
			[]found{{"driver.manager.imagePullSecrets", Unknown, "driver.imagePullSecrets"}},
		},
		"below a map that an active template renders whole": {
			"gpu-operator", "v26.7.0",
			`{"driver":{"nvidiaDriverCRD":{"enabled":true},"manager":{"imagePullSecrets":["a"],"pullSecrets":["a"]}}}`,
			[]found{{"driver.manager.pullSecrets", Unknown, ""}},
		},
		"below a map of a GPUCluster": {
			"gpu-operator", "v26.7.0",
			`{"clusterPolicy":{"deployCR":false},"gpuCluster":{"deployCR":true},"driver":{"nvidiaDriverCRD":{"enabled":true}},"daemonsets":{"nodeSelector":{"a":"b"}},"draDriver":{"featureGates":{"A":true}}}`,
			[]found{{"daemonsets.nodeSelector", Unknown, ""}},
		},
		"below a key that no active template reads": {
			"gpu-operator", "v26.7.0", `{"draDriver":{"featureGates":{"A":true},"fetureGates":{}}}`,
			[]found{{"draDriver", Dead, ""}, {"draDriver.fetureGates", Unknown, "draDriver.featureGates"}},
		},
		"below a sub-chart that is off": {
			"gpu-operator", "v26.7.0", `{"nfd":{"enabled":false},"node-feature-discovery":{"worker":{"nodeSelector":{"a":1}}}}`,
			[]found{{"node-feature-discovery", Dead, ""}, {"node-feature-discovery.worker.nodeSelector.a", Type, ""}},
		},
		"in a ConfigMap": {
			"gpu-operator", "v26.7.0", `{"devicePlugin":{"config":{"create":true,"name":"a","data":{"any":"x","other":{"version":"v1"}}}}}`,
			[]found{{"devicePlugin.config.data.other", Type, ""}},
		},

		"dead":       {"gpu-operator", "v26.7.0", `{"devicePlugin":{"mps":{"root":"/x"}}}`, []found{{"devicePlugin.mps", Dead, ""}}},
		"dead child": {"network-operator", "26.4.1", `{"test":{"pf":"ens1"}}`, []found{{"test", Dead, ""}}},

		"number for a string":   {"gpu-operator", "v26.7.0", `{"driver":{"version":580}}`, []found{{"driver.version", Type, ""}}},
		"bool for a string":     {"gpu-operator", "v26.7.0", `{"ccManager":{"defaultMode":true}}`, []found{{"ccManager.defaultMode", Type, ""}}},
		"string for a bool":     {"gpu-operator", "v26.7.0", `{"gds":{"enabled":"true"}}`, []found{{"gds.enabled", Type, ""}}},
		"string for a map":      {"gpu-operator", "v26.7.0", `{"driver":"580"}`, []found{{"driver", Type, ""}}},
		"map for a list":        {"gpu-operator", "v26.7.0", `{"toolkit":{"env":{"A":"b"}}}`, []found{{"toolkit.env", Type, ""}}},
		"map for a scalar":      {"gpu-operator", "v26.7.0", `{"operator":{"version":{"a":1}}}`, []found{{"operator.version", Type, ""}}},
		"string for a number":   {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"maxParallelUpgrades":"1"}}}`, []found{{"driver.upgradePolicy.maxParallelUpgrades", Type, ""}}},
		"fraction for a count":  {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"maxParallelUpgrades":1.5}}}`, []found{{"driver.upgradePolicy.maxParallelUpgrades", Type, ""}}},
		"a map without default": {"gpu-operator", "v26.7.0", `{"validator":{"cuda":7}}`, []found{{"validator.cuda", Type, ""}}},

		"env": {
			"gpu-operator", "v26.7.0", `{"toolkit":{"env":[{"name":"A","value":1},{"value":"b"},{"name":"C","valve":"d"},"E=f"]}}`,
			[]found{
				{"toolkit.env[0].value", Type, ""},
				{"toolkit.env[1].name", Required, ""},
				{"toolkit.env[2].valve", Unknown, "toolkit.env[2].value"},
				{"toolkit.env[3]", Type, ""},
			},
		},
		"enum of a quoted value": {"gpu-operator", "v26.7.0", `{"migManager":{"config":{"default":"all-1g.10gb"}}}`, []found{{"migManager.config.default", Enum, ""}}},

		"tolerations of a pod": {
			"nvidia-dra-driver-gpu", "25.8.0",
			`{"resources":{"gpus":{"enabled":false}},"kubeletPlugin":{"tolerations":[{"key":"a","operator":"Exist"},{"efect":"NoSchedule"},{"effect":"NoSchedule","tolerationSeconds":"1"},"a"]}}`,
			[]found{
				{"kubeletPlugin.tolerations[0].operator", Enum, ""},
				{"kubeletPlugin.tolerations[1].efect", Unknown, "kubeletPlugin.tolerations[1].effect"},
				{"kubeletPlugin.tolerations[2].tolerationSeconds", Type, ""},
				{"kubeletPlugin.tolerations[3]", Type, ""},
			},
		},
		"env of a pod": {
			"nvidia-dra-driver-gpu", "25.8.0", `{"resources":{"gpus":{"enabled":false}},"controller":{"containers":{"computeDomain":{"env":[{"name":"A","value":1},{"value":"b"}]}}}}`,
			[]found{{"controller.containers.computeDomain.env[0].value", Type, ""}, {"controller.containers.computeDomain.env[1].name", Required, ""}},
		},
		"affinity of a pod": {
			"gpu-operator", "v26.7.0",
			`{"operator":{"affinity":{"nodeAfinity":{},"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Is"}]}]}}}}}`,
			[]found{
				{"operator.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator", Enum, ""},
				{"operator.affinity.nodeAfinity", Unknown, "operator.affinity.nodeAffinity"},
			},
		},
		"security context of a container": {
			"nvidia-dra-driver-gpu", "25.12.0",
			`{"resources":{"gpus":{"enabled":false}},"controller":{"containers":{"computeDomain":{"securityContext":{"runAsUser":"root","privilegd":true}}}}}`,
			[]found{
				{"controller.containers.computeDomain.securityContext.privilegd", Unknown, "controller.containers.computeDomain.securityContext.privileged"},
				{"controller.containers.computeDomain.securityContext.runAsUser", Type, ""},
			},
		},
		"init containers": {
			"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"gc":{"initContainers":[{"image":"a","env":[{"nam":"A"}]}]}}}`,
			[]found{
				{"node-feature-discovery.gc.initContainers[0].env[0].nam", Unknown, "node-feature-discovery.gc.initContainers[0].env[0].name"},
				{"node-feature-discovery.gc.initContainers[0].env[0].name", Required, ""},
				{"node-feature-discovery.gc.initContainers[0].name", Required, ""},
			},
		},
		"labels and annotations": {
			"gpu-operator", "v26.7.0", `{"operator":{"labels":{"a":1},"annotations":{"b":true}},"daemonsets":{"labels":{"c":2}},"node-feature-discovery":{"worker":{"annotations":{"d":3}}}}`,
			[]found{
				{"daemonsets.labels.c", Type, ""},
				{"node-feature-discovery.worker.annotations.d", Type, ""},
				{"operator.annotations.b", Type, ""},
				{"operator.labels.a", Type, ""},
			},
		},
		"an integer with a leading zero":     {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"maxParallelUpgrades":8.0}}}`, []found{{"driver.upgradePolicy.maxParallelUpgrades", Type, ""}}},
		"an integer of too many digits":      {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"maxParallelUpgrades":99999999999999999999}}}`, []found{{"driver.upgradePolicy.maxParallelUpgrades", Type, ""}}},
		"a GPUCluster without its driver":    {"gpu-operator", "v26.7.0", `{"clusterPolicy":{"deployCR":false},"gpuCluster":{"deployCR":true}}`, []found{{"gpuCluster.deployCR", Refused, ""}}},
		"what a chart refuses with a switch": {"gpu-operator", "v26.3.3", `{"cdi":{"enabled":false,"nriPluginEnabled":true}}`, []found{{"cdi.nriPluginEnabled", Refused, ""}}},
		"what a chart refuses by a constant": {
			"nvidia-dra-driver-gpu", "25.12.0", `{"resources":{"gpus":{"enabled":false}},"webhook":{"enabled":true,"tls":{"mode":"none"}}}`,
			[]found{{"webhook.tls.mode", Refused, ""}},
		},

		"node selector of a pod":     {"aws-efa-k8s-device-plugin", "v0.5.30", `{"nodeSelector":{"gpu":true}}`, []found{{"nodeSelector.gpu", Type, ""}}},
		"node selector of sub-chart": {"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"worker":{"nodeSelector":{"gpu":1}}}}`, []found{{"node-feature-discovery.worker.nodeSelector.gpu", Type, ""}}},
		"resources of a pod": {
			"aws-efa-k8s-device-plugin", "v0.5.30", `{"resources":{"limit":{},"requests":{"cpu":1,"memory":"much"}}}`,
			[]found{{"resources.limit", Unknown, "resources.limits"}, {"resources.requests.memory", Pattern, ""}},
		},
		"resources that are no pod's": {"nvidia-dra-driver-gpu", "25.8.0", `{"resources":{"gpus":{"enabled":false}}}`, nil},
		"env without a default":       {"gpu-operator", "v26.7.0", `{"ccManager":{"env":"A=b"}}`, []found{{"ccManager.env", Type, ""}}},
		"imagePullSecrets": {
			"gpu-operator", "v26.7.0", `{"driver":{"imagePullSecrets":["a",{"name":"b"}]}}`,
			[]found{{"driver.imagePullSecrets[1]", Type, ""}},
		},
		"imagePullSecrets of the chart": {
			"network-operator", "26.4.1", `{"imagePullSecrets":["a",1,null]}`,
			[]found{{"imagePullSecrets[1]", Type, ""}, {"imagePullSecrets[2]", Type, ""}},
		},
		"enum":    {"gpu-operator", "v26.7.0", `{"mig":{"strategy":"double"}}`, []found{{"mig.strategy", Enum, ""}}},
		"pattern": {"gpu-operator", "v26.7.0", `{"driver":{"image":"..."}}`, []found{{"driver.image", Pattern, ""}}},
		"bounds":  {"gpu-operator", "v26.7.0", `{"driver":{"upgradePolicy":{"maxParallelUpgrades":-1}}}`, []found{{"driver.upgradePolicy.maxParallelUpgrades", Bounds, ""}}},
		"quantity": {
			"gpu-operator", "v26.7.0", `{"dcgm":{"resources":{"limits":{"cpu":1,"memory":"1Gi","disk":"much"}}}}`,
			[]found{{"dcgm.resources.limits.disk", Pattern, ""}},
		},

		"null of a map":                {"gpu-operator", "v26.7.0", `{"driver":{"manager":null},"daemonsets":null}`, []found{{"daemonsets", Null, ""}, {"driver.manager", Null, ""}}},
		"null of a sub-chart's map":    {"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"image":null}}`, []found{{"node-feature-discovery.image", Null, ""}}},
		"null of a sub-chart's switch": {"network-operator", "25.7.0", `{"nicConfigurationOperator":{"enabled":null}}`, []found{{"nicConfigurationOperator.enabled", Null, ""}}},
		"null of a part of a map": {
			"gpu-operator", "v26.7.0", `{"driver":{"manager":{"repository":null},"licensingConfig":{"configMapName":null}}}`,
			[]found{{"driver.licensingConfig.configMapName", Null, ""}},
		},
		"null that leaves a null": {
			"gpu-operator", "v26.7.0", `{"hostPaths":{"rootFS":null},"toolkit":{"enabled":null},"ccManager":{"defaultMode":null},"driver":{"version":null}}`,
			[]found{{"ccManager.defaultMode", Null, ""}, {"hostPaths.rootFS", Null, ""}, {"toolkit.enabled", Null, ""}},
		},
		"empty text that leaves a null": {
			"gpu-operator", "v26.7.0", `{"hostPaths":{"rootFS":""},"ccManager":{"defaultMode":"on"},"migManager":{"config":{"default":""}}}`,
			[]found{{"hostPaths.rootFS", Null, ""}},
		},
		"null that empties a map":       {"gpu-operator", "v26.7.0", `{"mig":{"strategy":null}}`, []found{{"mig.strategy", Null, ""}}},
		"null that fills a map":         {"gpu-operator", "v25.3.0", `{"validator":{"cuda":{"env":null}}}`, []found{{"validator.cuda.env", Null, ""}}},
		"null of one of several":        {"gpu-operator", "v26.7.0", `{"operator":{"runtimeClass":null,"use_ocp_driver_toolkit":true}}`, nil},
		"null of an inactive template":  {"gpu-operator", "v26.7.0", `{"driver":{"certConfig":null},"draDriver":{"image":null}}`, []found{{"draDriver", Dead, ""}}},
		"null of an active template":    {"gpu-operator", "v26.7.0", `{"driver":{"nvidiaDriverCRD":{"enabled":true},"certConfig":null}}`, []found{{"driver.certConfig", Null, ""}}},
		"null in another custom object": {"gpu-operator", "v26.7.0", `{"driver":{"nvidiaDriverCRD":{"enabled":true},"rdma":{"enabled":null},"version":null}}`, []found{{"driver.rdma.enabled", Null, ""}, {"driver.version", Null, ""}}},
		"null of an unknown key":        {"gpu-operator", "v26.7.0", `{"verzion":null}`, []found{{"verzion", Unknown, ""}}},
		"null of a sub-chart":           {"gpu-operator", "v26.7.0", `{"node-feature-discovery":null}`, nil},

		"sub-chart":        {"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"worker":{"config":{"sources":{"pci":{}}}}}}`, nil},
		"sub-chart's typo": {"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"worker":{"tolerationz":[]}}}`, []found{{"node-feature-discovery.worker.tolerationz", Unknown, "node-feature-discovery.worker.tolerations"}}},
		"sub-chart's type": {"network-operator", "26.4.1", `{"sriovNetworkOperator":{"enabled":true},"sriov-network-operator":{"operator":{"resourcePrefix":1}}}`, []found{{"sriov-network-operator.operator.resourcePrefix", Type, ""}}},
		"type of the sub-chart's schema": {
			"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"gc":{"revisionHistoryLimit":"2","hostUsers":null}}}`,
			[]found{{"node-feature-discovery.gc.revisionHistoryLimit", Type, ""}},
		},
		"bounds of the sub-chart's schema": {
			"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"gc":{"port":0,"replicaCount":1.5},"master":{"livenessProbe":{"periodSeconds":-1}}}}`,
			[]found{{"node-feature-discovery.gc.port", Bounds, ""}, {"node-feature-discovery.gc.replicaCount", Type, ""}, {"node-feature-discovery.master.livenessProbe.periodSeconds", Bounds, ""}},
		},
		"schema of a key without effect": {
			"gpu-operator", "v26.7.0", `{"node-feature-discovery":{"gc":{"podDisruptionBudget":{"minAvailable":1.5}}}}`,
			[]found{{"node-feature-discovery.gc.podDisruptionBudget.minAvailable", Dead, ""}, {"node-feature-discovery.gc.podDisruptionBudget.minAvailable", Type, ""}},
		},
		"choices of the sub-chart's schema": {
			"network-operator", "26.4.1", `{"node-feature-discovery":{"image":{"pullPolicy":""},"imagePullSecrets":["a"],"worker":{"config":[]}}}`,
			[]found{{"node-feature-discovery.image.pullPolicy", Enum, ""}, {"node-feature-discovery.imagePullSecrets[0]", Type, ""}, {"node-feature-discovery.worker.config", Type, ""}},
		},
		"sub-chart misnamed": {"gpu-operator", "v26.7.0", `{"node-feature-discovry":{}}`, []found{{"node-feature-discovry", Unknown, "node-feature-discovery"}}},
		"parent's dead key":  {"network-operator", "26.4.1", `{"node-feature-discovery":{"enableNodeFeatureApi":true}}`, []found{{"node-feature-discovery.enableNodeFeatureApi", Dead, ""}}},
		"removed sub-chart":  {"network-operator", "25.10.0", `{"nic-configuration-operator-chart":{}}`, []found{{"nic-configuration-operator-chart", Unknown, ""}}},

		"global of a sub-chart":        {"gpu-operator", "v26.7.0", `{"global":{"imagePullSecrets":[{"name":"a"}]}}`, nil},
		"global that nothing reads":    {"gpu-operator", "v26.7.0", `{"global":{"labels":{"a":"b"}}}`, []found{{"global.labels", Unknown, ""}}},
		"global where nobody reads it": {"gpu-operator", "v25.3.0", `{"global":{"imagePullSecrets":[]}}`, []found{{"global.imagePullSecrets", Unknown, ""}}},
		"global of a wrong type":       {"gpu-operator", "v26.7.0", `{"global":true}`, []found{{"global", Type, ""}}},

		"moved to the custom resource": {
			"network-operator", "26.4.1", `{"deployCR":true,"ofedDriver":{"deploy":true},"nvIpam":{}}`,
			[]found{{"deployCR", Unknown, ""}, {"nvIpam", Unknown, ""}, {"ofedDriver", Unknown, ""}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := finds(embeddedRelease(t, tt.chart, tt.version).CheckValues(parseTree(t, tt.values)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"driver":{"verzion":"1"}}`:               "driver.verzion: is not a value of gpu-operator v26.7.0; Helm would drop it silently; did you mean driver.version?",
		`{"driver":{"version":580}}`:               "driver.version: is a string in gpu-operator v26.7.0, got the integer 580; quote it",
		`{"driver":{"version":580.1}}`:             "driver.version: is a string in gpu-operator v26.7.0, got the number 580.1; quote it",
		`{"gds":{"enabled":"yes"}}`:                `gds.enabled: is a bool in gpu-operator v26.7.0, got the string "yes"`,
		`{"gds":{"enabled":[]}}`:                   "gds.enabled: is a bool in gpu-operator v26.7.0, got a list",
		`{"operator":{"version":{}}}`:              "operator.version: is a single value in gpu-operator v26.7.0, got a map",
		`{"operator":{"imagePullSecrets":"a"}}`:    `operator.imagePullSecrets: is a list of strings in gpu-operator v26.7.0, got the string "a"`,
		`{"operator":{"imagePullSecrets":[null]}}`: "operator.imagePullSecrets[0]: is a string in gpu-operator v26.7.0, got null",
		`{"devicePlugin":{"mps":{}}}`:              "devicePlugin.mps: has no effect: no template of gpu-operator v26.7.0 reads it",
		`{"gdrcopy":{"args":[1]}}`:                 "gdrcopy.args[0]: is a string in the ClusterPolicy of gpu-operator v26.7.0, got the integer 1",
		`{"driver":null}`:                          "driver: is null, with which gpu-operator v26.7.0 cannot be rendered: Helm fails; set the keys below it instead",
		`{"operator":{"defaultGPUMode":"x"}}`:      "operator.defaultGPUMode: is copied to spec.operator.defaultGPUMode, which is not a field of the ClusterPolicy of gpu-operator v26.7.0; the API server refuses it",
		`{"mig":{"strategy":"double"}}`:            `mig.strategy: is one of "none", "single", "mixed" in the ClusterPolicy of gpu-operator v26.7.0, got "double"`,

		`{"driver":{"manager":{"imagePullSecrets":[]}}}`:                                 "driver.manager.imagePullSecrets: is not a value that gpu-operator v26.7.0 reads: keys of your own below driver.manager are rendered only where driver.enabled is set and driver.nvidiaDriverCRD.deployDefaultCR is set and driver.nvidiaDriverCRD.enabled is set; did you mean driver.imagePullSecrets?",
		`{"draDriver":{"image":"a"}}`:                                                    "draDriver: has no effect: gpu-operator v26.7.0 reads it only where gpuCluster.deployCR is set",
		`{"driver":{"upgradePolicy":{"maxParallelUpgrades":8.0}}}`:                       "driver.upgradePolicy.maxParallelUpgrades: is an integer in the ClusterPolicy of gpu-operator v26.7.0, got the number 8; write 8, without a leading zero or a decimal point",
		`{"gpuCluster":{"deployCR":true},"driver":{"nvidiaDriverCRD":{"enabled":true}}}`: "gpuCluster.deployCR: makes gpu-operator v26.7.0 fail, which says: clusterPolicy.deployCR and gpuCluster.deployCR cannot both be true; only one CR can exist",
	}
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	for values, want := range tests {
		problems := release.CheckValues(parseTree(t, values))
		if len(problems) != 1 {
			t.Errorf("%s: got %v, want one problem", values, problems)
			continue
		}
		if diff := cmp.Diff(want, problems[0].String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", values, diff)
		}
	}
}

func TestForeignTypesAreProblems(t *testing.T) {
	t.Parallel()
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	problems := release.CheckValues(map[string]any{"driver": map[string]any{"version": struct{}{}}})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "got a struct {}") {
		t.Errorf("got %v", problems)
	}
}

func TestLongNamesAreNotCompared(t *testing.T) {
	t.Parallel()
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	problems := release.CheckValues(map[string]any{strings.Repeat("driver", 1000): true})
	if len(problems) != 1 || problems[0].Suggestion != "" {
		t.Errorf("got %v", problems)
	}
}

func TestManyUnknownKeysGetFewSuggestions(t *testing.T) {
	t.Parallel()
	values := map[string]any{}
	for i := range 100 {
		values[fmt.Sprintf("driver%02d", i)] = true
	}
	var suggested int
	problems := embeddedRelease(t, "gpu-operator", "v26.7.0").CheckValues(values)
	for _, p := range problems {
		if p.Suggestion == "driver" {
			suggested++
		}
	}
	if len(problems) != 100 || suggested != mostSuggestions {
		t.Errorf("got %d problems, %d with a suggestion, want 100 and %d", len(problems), suggested, mostSuggestions)
	}
}

// What a chart sets itself is right, but for keys that it does not read.
func TestOwnDefaultsHaveNoProblem(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for name := range facts.charts() {
		for _, version := range facts.Releases(name) {
			release := embeddedRelease(t, name, version)
			for _, problem := range release.CheckValues(release.defaults()) {
				if problem.Kind != Dead && problem.Kind != Null && problem.Kind != Refused {
					t.Errorf("%s %s: %s", name, version, problem)
				}
			}
		}
	}
}

// A key of one's own below any map is refused, or said to be rendered by the
// data: as part of a map that a template renders whole, or that the ClusterPolicy
// copies.
func TestNonsenseIsRefusedOrRendered(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for name := range facts.charts() {
		for _, version := range facts.Releases(name) {
			release := embeddedRelease(t, name, version)
			for _, k := range release.keys {
				if k.typ == mapKey || k.typ == anyKey {
					checkNonsense(t, release, &k)
				}
			}
		}
	}
}

func checkNonsense(t *testing.T, release *Release, k *key) {
	t.Helper()
	values := map[string]any{}
	tree.Set(values, k.path+".nonsense", "nonsense")
	problems := release.CheckValues(values)
	reported := slices.ContainsFunc(problems, func(p Problem) bool { return p.Kind == Refused || strings.HasPrefix(k.path+".nonsense", p.Path) })
	if reported {
		return
	}
	for path := k.path; path != ""; path = path[:max(strings.LastIndexByte(path, '.'), 0)] {
		above := release.byPath()[path]
		copied := release.policy != nil && slices.ContainsFunc(release.policy.fields, func(f policyField) bool { return f.from == path })
		if above != nil && (copied || len(above.renderings()) > 0) {
			return
		}
	}
	t.Errorf("%s %s: a key below %s is accepted, but nothing renders it", release.Name, release.Version, k.path)
}
