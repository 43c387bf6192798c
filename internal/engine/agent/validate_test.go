// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestValidateTolerationsAndImage(t *testing.T) {
	t.Parallel()
	tolerate := func(toleration corev1.Toleration) func(*Spec) {
		return func(s *Spec) { s.Tolerations = []corev1.Toleration{toleration} }
	}
	for name, tt := range map[string]struct {
		change func(*Spec)
		want   string // "" for a valid spec
	}{
		"everything":            {tolerate(corev1.Toleration{Operator: corev1.TolerationOpExists}), ""},
		"key":                   {tolerate(corev1.Toleration{Key: "example.com/a", Value: "b", Effect: corev1.TaintEffectPreferNoSchedule}), ""},
		"no key":                {tolerate(corev1.Toleration{Value: "b"}), "tolerations: without a key"},
		"value that is ignored": {tolerate(corev1.Toleration{Key: "a", Operator: corev1.TolerationOpExists, Value: "b"}), `takes no value, got "b"`},
		"operator":              {tolerate(corev1.Toleration{Key: "a", Operator: "In"}), `operator "In"`},
		"effect":                {tolerate(corev1.Toleration{Key: "a", Effect: "noschedule"}), `effect "noschedule"`},
		"key that is none":      {tolerate(corev1.Toleration{Key: "a b"}), `tolerations: "a b"`},
		"value that is none":    {tolerate(corev1.Toleration{Key: "a", Value: "b c"}), `tolerations: "b c"`},
		"image":                 {func(s *Spec) { s.Image = "eidos:1 " }, `image: "eidos:1 ": the name of an image has no white space`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := baseSpec()
			tt.change(&spec)
			err := spec.Validate()
			if tt.want == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			if ReasonOf(err) != InvalidSpec || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	written := baseSpec()
	written.Collectors, written.NodeSelector, written.ImagePullSecrets = []string{"k8s", "GPU", "os", "SystemD"}, map[string]string{}, []string{}
	written.KeepOnFailure, written.Tolerations = true, []corev1.Toleration{}
	if !baseSpec().Same(written) {
		t.Error("what says the same is another run")
	}
	for name, change := range map[string]func(*Spec){
		"collectors":         func(s *Spec) { s.Collectors = []string{"OS"} },
		"node_selector":      func(s *Spec) { s.NodeSelector = map[string]string{"a": ""} },
		"tolerations":        func(s *Spec) { s.Tolerations = []corev1.Toleration{{Key: "a"}} },
		"image_pull_secrets": func(s *Spec) { s.ImagePullSecrets = []string{"a"} },
		"privileged":         func(s *Spec) { s.Privileged = true },
		"image":              func(s *Spec) { s.Image = "other" },
	} {
		spec := baseSpec()
		if change(&spec); baseSpec().Same(spec) {
			t.Errorf("%s: what says something else is no other run", name)
		}
	}
	one, other := baseSpec(), baseSpec()
	one.Tolerations = []corev1.Toleration{{Key: "b"}, {Key: "a", Operator: corev1.TolerationOpEqual}}
	other.Tolerations = []corev1.Toleration{{Key: "a"}, {Key: "b"}}
	if !one.Same(other) {
		t.Error("tolerations in another order are another run")
	}
}
