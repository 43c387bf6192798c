// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"strings"
	"testing"
)

func TestRangeContains(t *testing.T) {
	t.Parallel()
	supported := embeddedRelease(t, "gpu-operator", "v25.10.1").Kubernetes
	if supported.String() != "1.30 - 1.34" {
		t.Fatalf("got %+v", supported)
	}
	tests := map[string]bool{
		"v1.33.5-eks-3025e55": true, "1.33": true, "v1.30.0": true, "1.34.99": true, "v1.32.1+rke2r1": true,
		"v1.29.15": false, "1.35": false, "1.3": false, "2.31": false, "v1.35.0-gke.100": false,
	}
	for version, want := range tests {
		if got, err := supported.Contains(version); err != nil || got != want {
			t.Errorf("%s: got %t, %v, want %t", version, got, err, want)
		}
	}
}

func TestOpenRanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		chart, release, text string
		inside, outside      []string
	}{
		{"nvidia-dra-driver-gpu", "25.8.0", ">= 1.32", []string{"1.32", "v1.40.1"}, []string{"1.31", "v1.31.9-eks-1"}},
		{"aws-efa-k8s-device-plugin", "v0.5.30", "any version", []string{"1.23", "v1.40.0-eks-1"}, nil},
	}
	for _, tt := range tests {
		supported := embeddedRelease(t, tt.chart, tt.release).Kubernetes
		if supported.String() != tt.text {
			t.Errorf("%s: got %q, want %q", tt.chart, supported, tt.text)
		}
		for _, version := range slices.Concat(tt.inside, tt.outside) {
			want := slices.Contains(tt.inside, version)
			if got, err := supported.Contains(version); err != nil || got != want {
				t.Errorf("%s on %s: got %t, %v, want %t", tt.chart, version, got, err, want)
			}
		}
	}
}

func TestConstraintAllowsWhatHelmAllows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		chart, release, version string
		want                    bool
	}{
		{"network-operator", "25.10.0", "v1.33.5-eks-3025e55", false},
		{"network-operator", "25.10.0", "v1.33.5-gke.1162000", false},
		{"network-operator", "25.10.0", "v1.33.5", true},
		{"network-operator", "25.10.0", "v1.33.5+rke2r1", true},
		{"network-operator", "25.10.0", "v1.20.9", false},
		{"network-operator", "26.1.2", "v1.33.5-eks-3025e55", true},
		{"network-operator", "26.1.2", "v1.21.0-eks-1", true},
		{"network-operator", "26.1.2", "v1.20.9", false},
		{"gpu-operator", "v25.3.0", "v1.16.0", true},
		{"gpu-operator", "v25.3.0", "v1.15", false},
		{"nvidia-dra-driver-gpu", "25.8.0", "v1.32.0-eks-1", true},
		{"nvidia-dra-driver-gpu", "25.8.0", "v1.31.9", false},
		{"aws-efa-k8s-device-plugin", "v0.5.3", "v1.20.0-eks-1", true},
	}
	for _, tt := range tests {
		constraint := embeddedRelease(t, tt.chart, tt.release).KubeVersion
		if got, err := constraint.Allows(tt.version); err != nil || got != tt.want {
			t.Errorf("%s %s (%s) on %s: got %t, %v, want %t", tt.chart, tt.release, constraint, tt.version, got, err, tt.want)
		}
	}
}

func TestMalformedKubernetesVersion(t *testing.T) {
	t.Parallel()
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	for _, version := range []string{"", "v", "abc", "1", "1..2", "1.2.3.4", "1.-3", "-", "1.99999999999999999999", "v1.x.0"} {
		_, errRange := release.Kubernetes.Contains(version)
		_, errConstraint := release.KubeVersion.Allows(version)
		for _, err := range []error{errRange, errConstraint} {
			if err == nil || !strings.Contains(err.Error(), "want the form v1.33.5") {
				t.Errorf("%q: got error %v", version, err)
			}
		}
	}
}

func TestCompareReleases(t *testing.T) {
	t.Parallel()
	ordered := []string{"v9.1.0", "v25.3.0", "v25.3.3", "v25.10.0", "v26.3.3", "v26.3.3.1"}
	for i := 1; i < len(ordered); i++ {
		if compareReleases(ordered[i-1], ordered[i]) >= 0 || compareReleases(ordered[i], ordered[i-1]) <= 0 {
			t.Errorf("want %s before %s", ordered[i-1], ordered[i])
		}
	}
}
