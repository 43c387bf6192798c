// SPDX-License-Identifier: Apache-2.0

// Package osrelease knows how Linux distributions name themselves.
package osrelease

import "strings"

// FromImage returns the ID and VERSION_ID of os-release of a node whose osImage
// (PRETTY_NAME of os-release) this is, "" for what it does not tell.
func FromImage(image string) (id, version string) {
	for _, known := range distributions() {
		rest, ok := strings.CutPrefix(image, known.prefix)
		if !ok {
			continue
		}
		word, _, _ := strings.Cut(rest, " ")
		parts := strings.Split(word, ".")
		return known.id, strings.Join(parts[:min(known.components, len(parts))], ".")
	}
	return "", ""
}

type distribution struct {
	prefix string
	id     string
	// components is how many numbers VERSION_ID has; what the name tells beyond
	// is a point release.
	components int
}

func distributions() []distribution {
	return []distribution{
		{"Ubuntu ", "ubuntu", 2},
		{"Container-Optimized OS", "cos", 0},
		{"Amazon Linux ", "amzn", 1},
		{"Oracle Linux Server ", "ol", 2},
		{"Red Hat Enterprise Linux CoreOS ", "", 0}, // no RHEL for a driver container
		{"Red Hat Enterprise Linux ", "rhel", 2},
		{"Rocky Linux ", "rocky", 2},
		{"AlmaLinux ", "almalinux", 2},
		{"CentOS Stream ", "centos", 1},
		{"CentOS Linux ", "centos", 1},
	}
}
