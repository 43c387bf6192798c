// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Range is the Kubernetes minor versions that a chart's maker says it supports,
// both ends included, e.g. 1.29 to 1.32. An end that nobody publishes is empty
// and bounds nothing.
type Range struct {
	Min, Max string // major.minor

	min, max []int
}

// parseRange reads "1.29 - 1.32", ">= 1.32" where no upper end is published,
// and "" where nothing is.
func parseRange(text string) (Range, error) {
	if text == "" {
		return Range{}, nil
	}
	low, high, closed := strings.Cut(text, " - ")
	if !closed {
		var open bool
		if low, open = strings.CutPrefix(text, ">= "); !open {
			return Range{}, fmt.Errorf("kubernetes range %q: want the form \"1.29 - 1.32\" or \">= 1.32\"", text)
		}
	}
	minimum, err := parseKubernetes(low)
	if err != nil {
		return Range{}, err
	}
	r := Range{Min: low, min: minimum.numbers[:2]}
	if !closed {
		return r, nil
	}
	maximum, err := parseKubernetes(high)
	if err != nil {
		return Range{}, err
	}
	r.Max, r.max = high, maximum.numbers[:2]
	return r, nil
}

// String is in the notation of the data, or "any version" where no range is
// published.
func (r Range) String() string {
	switch {
	case r.Min == "":
		return "any version"
	case r.Max == "":
		return ">= " + r.Min
	default:
		return r.Min + " - " + r.Max
	}
}

// Contains reports whether a Kubernetes version such as v1.33.5-eks-3025e55
// or 1.33 lies in the range; only its minor version counts.
func (r Range) Contains(version string) (bool, error) {
	v, err := parseKubernetes(version)
	if err != nil {
		return false, err
	}
	minor := v.numbers[:2]
	below := r.min != nil && slices.Compare(minor, r.min) < 0
	above := r.max != nil && slices.Compare(minor, r.max) > 0
	return !below && !above, nil
}

// Constraint is the kubeVersion of a chart, a lower bound such as
// ">= 1.21.0-0", which Helm tests when it installs. The constraint of a chart
// without one is empty and allows every version.
type Constraint struct {
	text       string
	min        []int
	prerelease bool
}

func parseConstraint(text string) (Constraint, error) {
	if text == "" {
		return Constraint{prerelease: true}, nil
	}
	version, ok := strings.CutPrefix(text, ">=")
	if !ok {
		return Constraint{}, fmt.Errorf("kubeVersion %q: want the form \">= 1.21.0-0\"", text)
	}
	v, err := parseKubernetes(strings.TrimSpace(version))
	if err != nil {
		return Constraint{}, err
	}
	return Constraint{text: text, min: v.numbers, prerelease: v.prerelease}, nil
}

func (c Constraint) String() string { return cmp.Or(c.text, "any version") }

// Allows reports whether Helm installs the chart on a cluster of that version.
// Helm takes a suffix as in v1.33.5-eks-3025e55 for a pre-release, which only a
// constraint that has one itself (-0) admits.
func (c Constraint) Allows(version string) (bool, error) {
	v, err := parseKubernetes(version)
	if err != nil {
		return false, err
	}
	if v.prerelease && !c.prerelease {
		return false, nil
	}
	return slices.Compare(v.numbers, c.min) >= 0, nil
}

type kubernetesVersion struct {
	numbers    []int // major, minor, patch
	prerelease bool  // has a suffix that starts with "-"
}

func parseKubernetes(text string) (kubernetesVersion, error) {
	core := strings.TrimPrefix(text, "v")
	suffix := strings.IndexAny(core, "-+")
	prerelease := suffix >= 0 && core[suffix] == '-'
	if suffix >= 0 {
		core = core[:suffix]
	}
	parts := strings.Split(core, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return kubernetesVersion{}, fmt.Errorf("kubernetes version %q: want the form v1.33.5", text)
	}
	numbers := make([]int, 3)
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return kubernetesVersion{}, fmt.Errorf("kubernetes version %q: want the form v1.33.5", text)
		}
		numbers[i] = int(n)
	}
	return kubernetesVersion{numbers: numbers, prerelease: prerelease}, nil
}

// compareReleases orders chart versions by their numbers.
func compareReleases(a, b string) int {
	number := regexp.MustCompile(`\d+`)
	as, bs := number.FindAllString(a, -1), number.FindAllString(b, -1)
	order := slices.CompareFunc(as, bs, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	return cmp.Or(order, cmp.Compare(a, b))
}
