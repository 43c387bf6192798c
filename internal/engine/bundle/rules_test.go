// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func newScenario(t *testing.T, change func(*scenario)) *scenario {
	t.Helper()
	s := &scenario{tb: t, Request: bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma")}}
	change(s)
	return s
}

// brokenRules returns the names of the rules that a request breaks, those that
// stop it with a !. That the maker has deprecated the newest release that is known says
// nothing of the request, and is left out.
func brokenRules(t *testing.T, req bundle.Request) []string {
	t.Helper()
	return rulesBrokenWith(t, renderer(), req)
}

func rulesBrokenWith(t *testing.T, r *bundle.Renderer, req bundle.Request) []string {
	t.Helper()
	b, err := r.Render(t.Context(), req)
	var names []string
	if b != nil {
		for _, f := range b.Findings {
			if !strings.HasSuffix(f.Rule, "deprecated-release") {
				names = append(names, f.Rule)
			}
		}
	}
	for _, e := range ruleErrors(t, err) {
		names = append(names, e.Rule+"!")
	}
	return names
}

// ruleErrors returns the broken rules of an error that holds nothing else.
func ruleErrors(t *testing.T, err error) []*bundle.RuleError {
	t.Helper()
	var list []*bundle.RuleError
	for _, e := range inputErrors(t, err) {
		var broken *bundle.RuleError
		if !errors.As(e, &broken) {
			t.Fatalf("got %v, want broken rules only", e)
		}
		list = append(list, broken)
	}
	return list
}

func inputErrors(t *testing.T, err error) []*bundle.InputError {
	t.Helper()
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*bundle.InputError
		for _, e := range joined.Unwrap() {
			list = append(list, inputErrors(t, e)...)
		}
		return list
	}
	var input *bundle.InputError
	if !errors.As(err, &input) {
		t.Fatalf("got %T %v, want an InputError", err, err)
	}
	return []*bundle.InputError{input}
}

func TestRules(t *testing.T) {
	t.Parallel()
	rules := map[string]bundle.RuleInfo{}
	for _, rule := range renderer().Rules() {
		rules[rule.Name] = rule
	}
	for name, c := range ruleCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, ok := rules[name]
			if !ok {
				t.Fatal("there is no such rule")
			}
			shown := name
			if rule.Severity == bundle.SeverityError {
				shown += "!"
			}
			if got := brokenRules(t, newScenario(t, c.keeps).Request); slices.Contains(got, shown) {
				t.Errorf("the request breaks %v, want %s not among them", got, shown)
			}
			if c.breaks == nil {
				return
			}
			breaks := newScenario(t, c.breaks)
			if got := brokenRules(t, breaks.Request); !slices.Contains(got, shown) {
				t.Errorf("the request breaks %v, want %s among them", got, shown)
			}
			checkIgnored(t, breaks.Request, rule)
		})
	}
}

// checkIgnored proves that an ignored error is a finding and an ignored warning
// nothing.
func checkIgnored(t *testing.T, req bundle.Request, rule bundle.RuleInfo) {
	t.Helper()
	req.IgnoreFindings = append(slices.Clone(req.IgnoreFindings), rule.Name)
	got := brokenRules(t, req)
	if slices.Contains(got, rule.Name+"!") {
		t.Errorf("ignored, it is an error still: %v", got)
	}
	stopped := slices.ContainsFunc(got, func(name string) bool { return strings.HasSuffix(name, "!") })
	if want := rule.Severity == bundle.SeverityError; !stopped && slices.Contains(got, rule.Name) != want {
		t.Errorf("ignored, it is a finding: %v, want %v", !want, want)
	}
}

// TestRuleTexts holds the form of what users read.
func TestRuleTexts(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	var names []string
	for _, rule := range renderer().Rules() {
		names = append(names, rule.Name)
		if !form.MatchString(rule.Name) || !strings.HasSuffix(rule.Summary, ".") {
			t.Errorf("%+v: want a kebab-case name and a sentence", rule)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("rules are not sorted or not unique: %v", names)
	}
}

func secretText(component, what string) string {
	return "an override of " + component + " has " + what + " here; overrides are plain text in files, and in plans and states; " +
		"put it into a Kubernetes Secret of your own, made by something that keeps secrets, and name that where the chart takes the name of a Secret (rule secret-in-values)"
}

func TestRuleErrorsBlameTheirSource(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*scenario)
		want   []string
	}{
		"recipe": {
			func(s *scenario) { s.set(image("dcgm-exporter"), "4.6.0") },
			[]string{`recipe: K8s/image/dcgm-exporter: "4.6.0" is not the tag of dcgm-exporter in gpu-operator v26.7.0; write "4.6.0-4.8.3-distroless", or leave the key out (rule image-tag-not-of-release)`},
		},
		"override": {
			func(s *scenario) {
				s.gpu("{driver: {kernelModuleType: proprietary}, toolkit: {versin: v1}}").on("self-managed", "ubuntu", "b200").set(config("gds"), false)
			},
			[]string{
				`overrides["gpu-operator"]: driver.kernelModuleType: the GPU b200 has no proprietary kernel modules; set use_open_kernel_module to true (rule open-modules-only)`,
				`overrides["gpu-operator"]: toolkit.versin: is not a value of gpu-operator v26.7.0; Helm would drop it silently; did you mean toolkit.version? (rule unknown-value)`,
			},
		},
		"release": {
			func(s *scenario) { s.Releases = map[string]string{"gpu-operator": "v26.3.3"} },
			[]string{`releases["gpu-operator"]: K8s/image/gpu-operator: the recipe has gpu-operator v26.7.0, but v26.3.3 is set here, which chooses nothing; set v26.7.0, or pin v26.3.3 with releases in the recipe (rule release-not-as-stated)`},
		},
		"secrets": {
			func(s *scenario) {
				s.Bundlers = []string{"gpu-operator"}
				s.IgnoreFindings = []string{"unknown-value"}
				s.gpu("{driver: {env: [{name: A, value: b}, {name: KEY, value: ghp_"+strings.Repeat("aB3d", 9)+"}, {name: NGC_API_KEY, value: hunter2}, {name: TOKEN_FILE, value: /run/token}]}, x: {\"a.b\": glpat-"+strings.Repeat("aB3d", 9)+"}}").
					override("network-operator", "operator: {admissionController: {certificate: {caCrt: c, tlsCrt: c, tlsKey: k}}}")
			},
			[]string{
				`overrides["gpu-operator"]: driver.env[1].value: ` + secretText("gpu-operator", "what looks like an access token"),
				`overrides["gpu-operator"]: driver.env[2].value: ` + secretText("gpu-operator", "what looks like a secret"),
				`overrides["gpu-operator"]: x."a.b": ` + secretText("gpu-operator", "what looks like an access token"),
				`overrides["network-operator"]: operator.admissionController.certificate.tlsKey: ` + secretText("network-operator", "a secret"),
			},
		},
		"override of another value": {
			func(s *scenario) {
				s.set(config("gds"), false).gpu("{devicePlugin: {config: {create: true, name: a}}, driver: {usePrecompiled: true, version: '580'}}")
			},
			[]string{
				`overrides["gpu-operator"]: devicePlugin.config.create: makes gpu-operator v26.7.0 fail, which says: devicePlugin.config.data cannot be empty when devicePlugin.config.create is set to true (rule chart-refuses)`,
				`overrides["gpu-operator"]: gdrcopy.enabled: gdrcopy needs its modules built with the driver, which precompiled drivers are not; turn off one of the two (rule precompiled-excludes)`,
			},
		},
		"override of the kind of driver": {
			func(s *scenario) {
				s.set(config("gds"), false).set(config("gdrcopy"), false).gpu("driver: {usePrecompiled: true}")
			},
			[]string{`overrides["gpu-operator"]: driver.version: "595.91.07" is not a driver branch, and precompiled drivers are chosen by branch; write only the branch, such as "580" (rule driver-version-form)`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := renderer().Render(t.Context(), newScenario(t, tt.change).Request)
			var got []string
			for _, e := range inputErrors(t, err) {
				got = append(got, e.Error())
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
