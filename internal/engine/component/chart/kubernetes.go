// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Range is the Kubernetes versions that a chart's maker says it supports,
// whole minor versions from one to another, both included. The range of a chart
// whose maker publishes none has every version.
type Range struct{ version.Range }

// parseRange reads "1.29 - 1.32", ">= 1.32" where no upper end is published,
// and "" where nothing is.
func parseRange(text string) (Range, error) {
	if text == "" {
		return Range{}, nil
	}
	if !strings.HasPrefix(text, ">= ") && !strings.Contains(text, " - ") {
		return Range{}, fmt.Errorf("kubernetes range %s: want the form \"1.29 - 1.32\" or \">= 1.32\"", words.Quote(text))
	}
	r, err := version.ParseRange(text)
	if err != nil {
		return Range{}, fmt.Errorf("kubernetes range %s: %w", words.Quote(text), err)
	}
	return Range{r}, nil
}

// String is in the notation of the data, or "any version" where no range is
// published.
func (r Range) String() string { return cmp.Or(r.Range.String(), "any version") }

// Contains reports whether a Kubernetes version such as v1.33.5-eks-3025e55
// or 1.33 lies in the range.
func (r Range) Contains(text string) (bool, error) {
	v, err := parseKubernetes(text)
	return err == nil && r.Range.Contains(v), err
}

// Constraint is the kubeVersion of a chart, a lower bound such as
// ">= 1.21.0-0", which Helm tests when it installs. The constraint of a chart
// without one is empty and allows every version.
type Constraint struct {
	text string
	min  version.Version
}

func parseConstraint(text string) (Constraint, error) {
	if text == "" {
		return Constraint{}, nil
	}
	bound, ok := strings.CutPrefix(text, ">=")
	if !ok {
		return Constraint{}, fmt.Errorf("kubeVersion %s: want the form \">= 1.21.0-0\"", words.Quote(text))
	}
	v, err := parseKubernetes(strings.TrimSpace(bound))
	return Constraint{text, v}, err
}

func (c Constraint) String() string { return cmp.Or(c.text, "any version") }

// Allows reports whether Helm installs the chart on a cluster of that version.
// Helm takes a suffix as in v1.33.5-eks-3025e55 for a pre-release, which only a
// constraint that has one itself (-0) admits.
func (c Constraint) Allows(text string) (bool, error) {
	v, err := parseKubernetes(text)
	if err != nil {
		return false, err
	}
	refused := c.text != "" && c.min.Suffix == "" && strings.HasPrefix(v.Suffix, "-")
	return !refused && v.Compare(c.min) >= 0, nil
}

func parseKubernetes(text string) (version.Version, error) {
	v, err := version.Parse(text)
	if err != nil || v.Numbers() < 2 || v.Numbers() > 3 {
		return version.Version{}, fmt.Errorf("kubernetes version %s: want the form v1.33.5", words.Quote(text))
	}
	return v, nil
}
