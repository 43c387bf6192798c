// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const nicPolicy = `{"apiVersion":"mellanox.com/v1alpha1","kind":"NicClusterPolicy","metadata":{"name":"nic-cluster-policy"},"spec":%s}`

func TestCheckObject(t *testing.T) {
	t.Parallel()
	driver := `"image":"doca-driver","repository":"nvcr.io/nvidia/mellanox","version":"doca3.1.0-25.07-0.9.7.0-0"`
	ippool := `{"apiVersion":"nv-ipam.nvidia.com/v1alpha1","kind":"IPPool","metadata":{"name":"p","namespace":"n"},"spec":%s}`
	node := `{"apiVersion":"sriovnetwork.openshift.io/v1","kind":"SriovNetworkNodePolicy","metadata":{"name":"p"},
		"spec":{"nicSelector":{},"nodeSelector":{"a":"b"},"resourceName":"r",%s}}`
	tests := map[string]struct {
		version, object, spec string
		want                  []found
	}{
		"valid":              {"26.4.1", nicPolicy, `{"ofedDriver":{` + driver + `,"env":[{"name":"A","value":"b"}]}}`, nil},
		"a spec is optional": {"26.4.1", strings.Replace(nicPolicy, `,"spec":%s`, "", 1), "", nil},
		"unknown field":      {"25.10.0", nicPolicy, `{"secondaryNetwork":{"ipamPlugin":{}}}`, []found{{"spec.secondaryNetwork.ipamPlugin", Unknown, ""}}},
		"field of then":      {"25.7.0", nicPolicy, `{"secondaryNetwork":{"ipamPlugin":{` + driver + `}}}`, nil},
		"misspelled field":   {"26.4.1", nicPolicy, `{"ofedDrivr":{}}`, []found{{"spec.ofedDrivr", Unknown, "spec.ofedDriver"}}},
		"required then":      {"25.10.0", nicPolicy, `{"nvIpam":{"image":"a"}}`, []found{{"spec.nvIpam.repository", Required, ""}, {"spec.nvIpam.version", Required, ""}}},
		"required no more":   {"26.4.1", nicPolicy, `{"nvIpam":{"image":"a"}}`, nil},
		"required in a list": {"26.4.1", nicPolicy, `{"ofedDriver":{` + driver + `,"env":[{"value":"b"}]}}`, []found{{"spec.ofedDriver.env[0].name", Required, ""}}},
		"null":               {"26.4.1", nicPolicy, `{"nvIpam":null}`, []found{{"spec.nvIpam", Null, ""}}},
		"wrong types": {
			"26.4.1", nicPolicy, `{"ofedDriver":{` + driver + `,"forcePrecompiled":"no","env":{},"terminationGracePeriodSeconds":"x"},"tolerations":[1]}`,
			[]found{
				{"spec.ofedDriver.env", Type, ""},
				{"spec.ofedDriver.forcePrecompiled", Type, ""},
				{"spec.ofedDriver.terminationGracePeriodSeconds", Type, ""},
				{"spec.tolerations[0]", Type, ""},
			},
		},
		"pattern and bounds": {
			"26.4.1", nicPolicy, `{"ofedDriver":{"image":"...","repository":"r","version":"v","terminationGracePeriodSeconds":-1}}`,
			[]found{{"spec.ofedDriver.image", Pattern, ""}, {"spec.ofedDriver.terminationGracePeriodSeconds", Bounds, ""}},
		},
		"spec of no kind": {"26.4.1", nicPolicy, `[]`, []found{{"spec", Type, ""}}},

		"pool":                {"26.4.1", ippool, `{"subnet":"10.0.0.0/16","perNodeBlockSize":50,"gateway":"10.0.0.1"}`, nil},
		"pool with a float":   {"26.4.1", ippool, `{"subnet":"10.0.0.0/16","perNodeBlockSize":50.0}`, []found{{"spec.perNodeBlockSize", Type, ""}}},
		"pool with fractions": {"26.4.1", ippool, `{"subnet":"10.0.0.0/16","perNodeBlockSize":50.5}`, []found{{"spec.perNodeBlockSize", Type, ""}}},
		"empty pool":          {"26.4.1", ippool, `{}`, []found{{"spec.perNodeBlockSize", Required, ""}, {"spec.subnet", Required, ""}}},
		"32 bits": {
			"26.4.1", ippool, `{"subnet":"s","perNodeBlockSize":1,"perNodeExclusions":[{"startIndex":0,"endIndex":4294967296}]}`,
			[]found{{"spec.perNodeExclusions[0].endIndex", Bounds, ""}},
		},
		"missing spec": {"26.4.1", strings.Replace(ippool, `,"spec":%s`, "", 1), "", []found{{"spec", Required, ""}}},

		"sriov":        {"26.4.1", node, `"numVfs":8,"linkType":"ib","mtu":4220,"priority":99`, nil},
		"sriov enum":   {"26.4.1", node, `"numVfs":8,"linkType":"infiniband"`, []found{{"spec.linkType", Enum, ""}}},
		"sriov bounds": {"26.4.1", node, `"numVfs":-1,"priority":100,"mtu":0`, []found{{"spec.mtu", Bounds, ""}, {"spec.numVfs", Bounds, ""}, {"spec.priority", Bounds, ""}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := parseTree(t, strings.Replace(tt.object, "%s", tt.spec, 1))
			got := finds(embeddedRelease(t, "network-operator", tt.version).CheckObject(object))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckObjectIdentity(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		object string
		want   []string
	}{
		"no custom resource": {
			`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}`,
			[]string{`kind: "Namespace" is not a custom resource of gpu-operator v26.7.0; it has "ClusterPolicy", "GPUCluster", "NVIDIADriver"`},
		},
		"misspelled kind": {
			`{"kind":"clusterpolicy"}`,
			[]string{`kind: "clusterpolicy" is not a custom resource of gpu-operator v26.7.0; it has "ClusterPolicy", "GPUCluster", "NVIDIADriver"; did you mean ClusterPolicy?`},
		},
		"nothing": {`{}`, []string{`kind: "" is not a custom resource of gpu-operator v26.7.0; it has "ClusterPolicy", "GPUCluster", "NVIDIADriver"`}},
		"other version": {
			`{"apiVersion":"nvidia.com/v2","kind":"ClusterPolicy","metadata":{"name":"n"}}`,
			[]string{`apiVersion: is "nvidia.com/v1" for the ClusterPolicy of gpu-operator v26.7.0, got the string "nvidia.com/v2"`},
		},
		"no version, no metadata": {
			`{"kind":"ClusterPolicy"}`,
			[]string{
				`apiVersion: is "nvidia.com/v1" for the ClusterPolicy of gpu-operator v26.7.0, got null`,
				"metadata.name: is required and a string",
			},
		},
		"namespace of a cluster-scoped kind": {
			`{"apiVersion":"nvidia.com/v1","kind":"ClusterPolicy","metadata":{"name":"n","namespace":"gpu-operator"}}`,
			[]string{"metadata.namespace: has no place here: the ClusterPolicy of gpu-operator v26.7.0 is cluster-scoped"},
		},
		"status": {
			`{"apiVersion":"nvidia.com/v1","kind":"ClusterPolicy","metadata":{"name":"n"},"status":{}}`,
			[]string{"status: is not a field of the ClusterPolicy of gpu-operator v26.7.0; the API server refuses it"},
		},
	}
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	for name, tt := range tests {
		var got []string
		for _, problem := range release.CheckObject(parseTree(t, tt.object)) {
			got = append(got, problem.String())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The nine parts that every release requires of a ClusterPolicy, and what
// later releases no longer do.
func TestRequiredPartsOfClusterPolicy(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for _, version := range facts.Releases("gpu-operator") {
		release := embeddedRelease(t, "gpu-operator", version)
		object := parseTree(t, `{"apiVersion":"nvidia.com/v1","kind":"ClusterPolicy","metadata":{"name":"n"},"spec":{}}`)
		missing := map[string]bool{}
		for _, problem := range release.CheckObject(object) {
			missing[problem.Path] = problem.Kind == Required
		}
		want := map[string]bool{}
		for _, part := range []string{
			"operator", "daemonsets", "driver", "toolkit", "devicePlugin", "dcgm", "dcgmExporter", "gfd", "nodeStatusExporter",
		} {
			want["spec."+part] = true
		}
		if diff := cmp.Diff(want, missing); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

func TestObjectBoundsMessages(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`["integer 1..", 0]`:     "p: is a number of at least 1 in the K, got 0",
		`["integer ..9", 10]`:    "p: is a number of at most 9 in the K, got 10",
		`["integer 1..9", 10]`:   "p: is a number of 1 to 9 in the K, got 10",
		`["string 1..2", "äöü"]`: "p: is of 1 to 2 characters in the K, got 3",
		`["string ..2", "äöü"]`:  "p: is of at most 2 characters in the K, got 3",
		`["int32", 2147483648]`:  "p: is a 32-bit integer in the K, got 2147483648",
		`["integer", true]`:      "p: is an integer in the K, got the bool true",
		`["boolean", 1]`:         "p: is a bool in the K, got the integer 1",
		`["int-or-string", []]`:  "p: is an integer or a string in the K, got a list",
		`["string", {}]`:         "p: is a string in the K, got a map",
		`[["string"], "x"]`:      `p: is a list in the K, got the string "x"`,
		`[{"*":"string"}, "x"]`:  `p: is a map in the K, got the string "x"`,
	}
	for text, want := range tests {
		var parts []raw
		pair := raw(text).reader()
		for range pair.elements() {
			parts = append(parts, pair.skip())
		}
		s, err := readSchema(parts[0])
		if err != nil {
			t.Fatal(err)
		}
		check := &validation{owner: "K"}
		check.check(&s, parts[1].reader().value(), "p")
		if len(check.problems) != 1 || check.problems[0].String() != want {
			t.Errorf("%s: got %v, want %s", text, check.problems, want)
		}
	}
}
