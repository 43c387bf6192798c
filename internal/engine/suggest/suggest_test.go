// SPDX-License-Identifier: Apache-2.0

package suggest_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"gke", "eks", "aks", "oke", "self-managed"}
	for _, tt := range []struct {
		word   string
		known  []string
		enough float64
		want   string
	}{
		{"self-manged", words, suggest.Name, "self-managed"},
		{"GKEE", words, suggest.Name, "gke"},
		{"xks", []string{"bxks", "axks"}, suggest.Name, "axks"}, // as near as the other, and before it
		{"minikube", words, suggest.Name, ""},
		{"mgi", []string{"cdi", "gds", "mig", "rdma"}, suggest.Name, "mig"},
		{"GDS", []string{"cdi", "gds"}, suggest.Path, "gds"},
		{"gim", []string{"mig"}, suggest.Name, ""}, // two letters that are no neighbors
		{"ab", []string{"abc", "b"}, suggest.Name, ""},
		{"driver.vresion", []string{"driver.version"}, suggest.Path, "driver.version"},
		{"driver.vresion", []string{"driver.vresion", "driver.version"}, suggest.Path, "driver.vresion"},
		{"", words, suggest.Name, ""},
		{"eks", nil, suggest.Name, ""},
		{strings.Repeat("e", 129), []string{strings.Repeat("e", 129)}, suggest.Name, ""},
		{"driver.manager.versin", []string{"driver.manager.version", "driver.version"}, suggest.Path, "driver.manager.version"},
		{"driver.wersion", []string{"driver.manager.image"}, suggest.Path, ""},
	} {
		if got := suggest.Nearest(tt.word, tt.known, tt.enough); got != tt.want {
			t.Errorf("Nearest(%.20q, %v, %v) = %q, want %q", tt.word, tt.known, tt.enough, got, tt.want)
		}
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"Mixd": `; did you mean "mixed"?`, "whole": ""} {
		if got := suggest.Question(word, []string{"mixed", "none", "single"}); got != want {
			t.Errorf("Question(%q) = %q, want %q", word, got, want)
		}
	}
}
