// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// env has values by the operands' texts.
type env map[string]any

func (e env) read(o component.Operand) (any, bool) {
	value, ok := e[string(o)]
	return value, ok
}

func TestConditions(t *testing.T) {
	t.Parallel()
	values := env{
		"service": "eks", "K8s/config/rdma": true, ".driver.version": "580.65.06", "driver": "580",
		".replicas": int64(2), ".name": "", ".list": []any{}, ".map": map[string]any{"a": int64(1)}, "namespace": "gpus", ".other": "gpus",
		"term mig": false, "override .driver.enabled": false,
	}
	for text, want := range map[string]bool{
		"{}":                                                  true,
		"[]":                                                  true,
		"{service: eks}":                                      true,
		"{service: gke}":                                      false,
		"{service: [aks, eks]}":                               true,
		"{service: {not: [aks, eks]}}":                        false,
		"{service: null}":                                     false,
		"{gpu: null}":                                         true,
		"{gpu: {not: h100}}":                                  true,
		"{gpu: {not: null}}":                                  false,
		"{gpu: {not: {not: null}}}":                           true,
		"{gpu: {empty: true}}":                                true,
		"{gpu: {below: '1'}}":                                 false,
		"{gpu: {same: namespace}}":                            false,
		"{K8s/config/rdma: true}":                             true,
		"{K8s/config/rdma: 'true'}":                           false,
		"{service: {contains: k}}":                            true,
		"{service: {contains: x}}":                            false,
		"{gpu: {contains: x}}":                                false,
		"{service: [{contains: x}, {contains: ek}]}":          true,
		"{.replicas: 2}":                                      true,
		"{.replicas: 2.5}":                                    false,
		"{.replicas: {below: '3'}}":                           false,
		"{.name: {empty: true}}":                              true,
		"{.list: {empty: true}}":                              true,
		"{.list: [null, a]}":                                  false,
		"{.map: {empty: true}}":                               false,
		"{.map: {not: {empty: true}}}":                        true,
		"{.driver.version: {below: 580.65.06}}":               false,
		"{.driver.version: {below: 580.65.7}}":                true,
		"{.driver.version: {atLeast: '570'}}":                 true,
		"{.driver.version: {atLeast: '590'}}":                 false,
		"{.driver.version: {in: '>= 580, < 590'}}":            true,
		"{.driver.version: {in: '590'}}":                      false,
		"{driver: {below: 580.95.05}}":                        false, // a branch is as new as its newest driver
		"{driver: {atLeast: 580.95.05}}":                      true,
		"{driver: {below: 590.44.01}}":                        true,
		"{service: {below: '1'}}":                             false,
		"{service: {atLeast: '1'}}":                           false,
		"{.other: {same: namespace}}":                         true,
		"{.other: {not: [{empty: true}, {same: namespace}]}}": false,
		"{.driver.version: {form: driver-version}}":           true,
		"{.driver.version: {form: driver-branch}}":            false,
		"{term mig: false}":                                   true,
		"{override .driver.enabled: false}":                   true,
		"{service: eks, gpu: h100}":                           false,
		"[{service: gke}, {service: eks, gpu: null}]":         true,
		"[{service: gke}, {gpu: h100}]":                       false,
	} {
		var c component.Condition
		if err := yaml.Unmarshal([]byte(text), &c); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(values.read); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
		inJSON, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again component.Condition
		if err := json.Unmarshal(inJSON, &again); err != nil {
			t.Errorf("%s: %v", inJSON, err)
		}
		if got := again.Holds(values.read); got != want {
			t.Errorf("%s, read again from %s: got %t, want %t", text, inJSON, got, want)
		}
	}
}

// TestHeld: the order of a document is kept.
func TestHeld(t *testing.T) {
	t.Parallel()
	var c component.Condition
	if err := yaml.Unmarshal([]byte("[{gpu: h100}, {.z: null, service: null, .a: null}]"), &c); err != nil {
		t.Fatal(err)
	}
	held, _ := c.Held(env{}.read)
	var got []string
	for _, clause := range held {
		got = append(got, string(clause.Operand))
	}
	if diff := cmp.Diff([]string{".z", "service", ".a"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConditionsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"eks":                                 "a condition is a mapping",
		"[eks]":                               "line 1: a condition is a mapping",
		"{region: eu}":                        `line 1: "region" is not an operand`,
		"{override service: eks}":             `"override service" is not an operand`,
		"{service: {is: eks}}":                `line 1: unknown test "is"`,
		"{service: {not: a, same: b}}":        "line 1: a test has one key",
		"\n{K8s/server/version: {in: '> x'}}": "line 2: ",
		"{service: {same: nothing}}":          `"nothing" is not an operand`,
		"{k8s: {below: []}}":                  "line 1: below takes a single value",
		"{k8s: {below: null}}":                "line 1: below takes a single value",
	} {
		var c component.Condition
		if err := yaml.Unmarshal([]byte(text), &c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

// FuzzOperand proves that the parts of an operand are of its text.
func FuzzOperand(f *testing.F) {
	for _, text := range []string{"service", "driver", "K8s/config/rdma", "OS/sysctl//proc/sys/a", ".a.b", "c:a.b", "override .a", "default c:a", "with c", "term x", "manifest K", "image a.b", ":", ". ", "override  .a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, of, name := component.Operand(text).Parts()
		if before, ok := strings.CutSuffix(text, name); kind != "" && (!ok || name == "" || !strings.Contains(before, of)) {
			t.Errorf("%q is %s %q %q", text, kind, of, name)
		}
	})
}

func TestFill(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "a ${b} c": "a <b> c", "${a}${b}": "<a><b>", "$ {a} ${b": "$ {a} ${b"} {
		if got := component.Fill(text, func(name string) string { return "<" + name + ">" }); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
