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

// Range is an inclusive range of Kubernetes minor versions, e.g. 1.29 to 1.32.
type Range struct {
	Min, Max string // major.minor

	min, max []int
}

func parseRange(text string) (Range, error) {
	low, high, ok := strings.Cut(text, " - ")
	if !ok {
		return Range{}, fmt.Errorf("kubernetes range %q: want the form \"1.29 - 1.32\"", text)
	}
	minimum, err := parseKubernetes(low)
	if err != nil {
		return Range{}, err
	}
	maximum, err := parseKubernetes(high)
	if err != nil {
		return Range{}, err
	}
	return Range{Min: low, Max: high, min: minimum.numbers[:2], max: maximum.numbers[:2]}, nil
}

func (r Range) String() string { return r.Min + " - " + r.Max }

// Contains reports whether a Kubernetes version such as v1.33.5-eks-3025e55
// or 1.33 lies in the range; only its minor version counts.
func (r Range) Contains(version string) (bool, error) {
	v, err := parseKubernetes(version)
	if err != nil {
		return false, err
	}
	minor := v.numbers[:2]
	return slices.Compare(minor, r.min) >= 0 && slices.Compare(minor, r.max) <= 0, nil
}

// Constraint is the kubeVersion of a chart, a lower bound such as
// ">= 1.21.0-0", which Helm tests when it installs.
type Constraint struct {
	text       string
	min        []int
	prerelease bool
}

func parseConstraint(text string) (Constraint, error) {
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

func (c Constraint) String() string { return c.text }

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
