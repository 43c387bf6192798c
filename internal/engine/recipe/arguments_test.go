// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// What the request states wins over an overlay, and what follows from a release
// that is stated follows from it.
func TestArguments(t *testing.T) {
	t.Parallel()
	const overlay = `types: [{type: K8s, subtypes: [{subtype: image, data: {gpu-operator: v25.10.1, driver: 580.105.08}}, {subtype: config, data: {gds: false}}]}]`
	for name, tt := range map[string]struct {
		request recipe.Request
		want    map[string]string // value of layer, "" for none
	}{
		"a release": {
			recipe.Request{Releases: map[string]string{"gpu-operator": "26.3.3"}},
			map[string]string{
				"K8s/image/gpu-operator": "v26.3.3 of argument", "K8s/image/driver": "580.126.20 of release:gpu-operator v26.3.3",
				"K8s/image/container-toolkit": "v1.19.1 of release:gpu-operator v26.3.3",
			},
		},
		"a driver": {
			recipe.Request{Driver: "580.126.20"},
			map[string]string{"K8s/image/gpu-operator": "v26.7.0 of release:gpu-operator v26.7.0", "K8s/image/driver": "580.126.20 of argument"},
		},
		"a branch": {recipe.Request{Driver: "580"}, map[string]string{"K8s/image/driver": "580 of argument"}},
		"an unknown release": {
			recipe.Request{Releases: map[string]string{"gpu-operator": "v26.3.9"}},
			map[string]string{"K8s/image/gpu-operator": "v26.3.9 of argument", "K8s/image/driver": "", "K8s/image/container-toolkit": ""},
		},
		"over an overlay": {
			recipe.Request{Overlays: []string{overlay}, Releases: map[string]string{"gpu-operator": "v26.3.3"}, Driver: "580.126.20", Options: map[string]string{"gds": "true"}},
			map[string]string{"K8s/image/gpu-operator": "v26.3.3 of argument", "K8s/image/driver": "580.126.20 of argument", "K8s/config/gds": "true of argument"},
		},
		"options": {
			recipe.Request{Options: map[string]string{"mig": "true", "mig_strategy": "mixed", "fabric": "infiniband", "ip_range": "10.0.0.0/16"}},
			map[string]string{
				"K8s/config/mig": "true of argument", "K8s/config/mig_strategy": "mixed of argument",
				"K8s/network-config/fabric": "infiniband of argument", "K8s/network-config/ip_range": "10.0.0.0/16 of argument",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.request.Query = document.Query{Service: "eks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.34"}
			r := buildRecipe(t, embeddedCatalog(t), tt.request)
			values := flat(r.Recipe.Measurements)
			for path, want := range tt.want {
				got := ""
				if value, set := values[path]; set {
					got = value + " of " + r.Provenance[path]
				}
				if got != want {
					t.Errorf("%s: got %q, want %q", path, got, want)
				}
			}
			wantWarnings(t, r.Findings)
			if i := slices.IndexFunc(r.Recipe.MatchedRules, func(rule string) bool { return strings.HasPrefix(rule, "argument") }); i >= 0 {
				t.Errorf("matched rules %v", r.Recipe.MatchedRules)
			}
		})
	}
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	_, err := embeddedCatalog(t).Build(t.Context(), recipe.Request{
		Options:  map[string]string{"rdm": "true", "gds": "yes", "mig_strategy": "mixd", "mig_profile": " "},
		Releases: map[string]string{"gpu-operater": "v26.7.0", "gpu-operator": "latest", "network-operator": ""},
		Driver:   "R580",
	})
	wantErrors(
		t, err,
		[2]string{"options", `options["gds"]: got "yes", want true or false`},
		[2]string{"options", `options["mig_profile"]: the value is empty; leave it out, or set one`},
		[2]string{"options", `options["mig_strategy"]: got "mixd", want one of none, single, mixed; did you mean "mixed"?`},
		[2]string{"options", `options["rdm"]: there is no option "rdm"; known are ca_config_map, cdi,`},
		[2]string{"releases", `releases["gpu-operater"]: there is no component "gpu-operater"; known are`},
		[2]string{"releases", `releases["gpu-operator"]: "latest" is not a release of gpu-operator, such as "v`},
		[2]string{"releases", `releases["network-operator"]: the value is empty`},
		[2]string{"driver", `driver: got "R580", want a driver version, such as "580.105.08"`},
	)
}

// No two options have one name: a request could not tell them apart.
func TestOptionsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	options, err := embeddedCatalog(t).Options()
	if err != nil || len(options) == 0 {
		t.Fatal(options, err)
	}
	for i := 1; i < len(options); i++ {
		if options[i].Name() == options[i-1].Name() {
			t.Errorf("%s and %s have one name", options[i-1].Key, options[i].Key)
		}
	}
}

// Where the node image includes the driver, a recipe states none; one that is
// asked for says which it is.
func TestDriverOfTheImage(t *testing.T) {
	t.Parallel()
	request := recipe.Request{Query: document.Query{Service: "gke", OS: "cos", GPU: "h100", K8s: "1.34"}}
	for driver, want := range map[string]string{"": "", "580.126.20": "driver-of-image driver"} {
		request.Driver = driver
		r := buildRecipe(t, embeddedCatalog(t), request)
		if got := r.Recipe.Measurements.Text(measurement.K8s, "image", "driver"); got != driver {
			t.Errorf("driver %q: the recipe says %q", driver, got)
		}
		got := ""
		for _, f := range r.Findings {
			got += f.Rule + " " + f.Place()
		}
		if got != want {
			t.Errorf("driver %q: findings %q, want %q", driver, got, want)
		}
	}
}

func TestFindingsAreNamedAndIgnored(t *testing.T) {
	t.Parallel()
	request := recipe.Request{
		Query:    document.Query{Service: "eks", OS: "ubuntu", GPU: "h100"},
		Overlays: []string{"key: {gpu: a100}", "types: [{type: K8s, subtypes: [{subtype: config, data: {mig_size: null}}]}]"},
		Called:   func(input string) string { return "--" + input },
	}
	rules := func() (names []string) {
		result, err := embeddedCatalog(t).Build(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range result.Findings {
			names = append(names, f.Rule)
			if f.Rule == "kubernetes-version-unknown" && !strings.HasSuffix(f.Message, "set --k8s") {
				t.Errorf("message %q", f.Message)
			}
		}
		return names
	}
	for _, tt := range []struct{ ignored, want []string }{
		{nil, []string{"overlay-not-applied", "overlay-removes-nothing", "kubernetes-version-unknown"}},
		{[]string{"kubernetes-version-unknown", "overlay-not-applied:overlays[0]"}, []string{"overlay-removes-nothing"}},
		{[]string{"overlay-not-applied:overlays[1]", "overlay-removes", "kubernetes-version-unknown"}, []string{"overlay-not-applied", "overlay-removes-nothing", "unknown-rule"}},
	} {
		request.IgnoreFindings = tt.ignored
		if got := rules(); !slices.Equal(got, tt.want) {
			t.Errorf("ignored %v: got %v, want %v", tt.ignored, got, tt.want)
		}
	}
	for i, info := range embeddedCatalog(t).Rules() {
		if i > 0 && info.Name <= embeddedCatalog(t).Rules()[i-1].Name || !strings.HasSuffix(info.Summary, ".") {
			t.Errorf("rule %+v", info)
		}
	}
}

func TestUnknownNamesAreAllowed(t *testing.T) {
	t.Parallel()
	request := recipe.Request{Query: document.Query{Service: "gke", OS: "flatcar", GPU: "V100", Intent: "finetune", K8s: "1.33"}}
	_, err := embeddedCatalog(t).Build(t.Context(), request)
	wantErrors(
		t, err,
		[2]string{"os", `unknown os "flatcar"`}, [2]string{"gpu", `unknown gpu "v100"`}, [2]string{"intent", "or go on without data with allow_uncovered"},
	)
	request.AllowUncovered = true
	r := buildRecipe(t, embeddedCatalog(t), request)
	wantWarnings(t, r.Findings, [2]string{"os", `unknown os "flatcar"`}, [2]string{"gpu", `unknown gpu "v100"`}, [2]string{"intent", `unknown intent "finetune"`})
	if q := r.Recipe.Request; q.GPU != "v100" || q.OS != "flatcar" || q.Intent != "finetune" {
		t.Errorf("request %+v", q)
	}
}

// Other names that people use are recognized.
func TestOtherNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		request recipe.Request
		want    string
	}{
		{recipe.Request{Query: document.Query{Service: "bare-metal"}}, `did you mean "self-managed"?`},
		{recipe.Request{Query: document.Query{Service: "RKE2"}}, `did you mean "self-managed"?`},
		{recipe.Request{Query: document.Query{OS: "al2023"}}, `did you mean "amazonlinux"?`},
		{recipe.Request{Query: document.Query{GPU: "NVIDIA-H100-80GB-HBM3"}}, `did you mean "h100"?`},
		{recipe.Request{Query: document.Query{GPU: "Tesla V100"}}, `valid are a10,`},
		{recipe.Request{Options: map[string]string{"fabric": "IB"}}, `did you mean "infiniband"?`},
	} {
		if _, err := embeddedCatalog(t).Build(t.Context(), tt.request); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %s", tt.request, err, tt.want)
		}
	}
}

func TestLostZeros(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query document.Query
		want  string
	}{
		{document.Query{K8s: "1.3"}, "there is no version 1.3; did you mean 1.30? A number loses its last zero"},
		{document.Query{K8s: "1.30"}, ""},
		{document.Query{K8s: "v1.33"}, ""},
		{document.Query{OS: "ubuntu", OSVersion: "22.1"}, "there is no version 22.1; did you mean 22.10?"},
		{document.Query{OS: "rhel", OSVersion: "9.1"}, ""},
		{document.Query{OSVersion: "22.1"}, ""},
	} {
		request := recipe.Request{Query: tt.query}
		_, err := embeddedCatalog(t).Build(t.Context(), request)
		var key []string
		for _, field := range []string{"os", "osv", "k8s"} {
			if text := *tt.query.Field(field); text != "" {
				key = append(key, field+": "+text)
			}
		}
		_, inKey := embeddedCatalog(t).Build(t.Context(), recipe.Request{Overlays: []string{"key: {" + strings.Join(key, ", ") + "}"}})
		for _, err := range []error{err, inKey} {
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%+v: got %v, want %q", tt.query, err, tt.want)
			}
		}
	}
}
