// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// system returns the clues of os and osv. They come in pairs of one source each,
// since the version of one system says nothing of another.
func (x extractor) system() (systems, versions []clue) {
	id := x.enumerated("os", measurement.OS, "release", "ID")
	version := x.read(measurement.OS, "release", "VERSION_ID")
	version = version.versioned(version.said)

	image := x.read(measurement.K8s, "node", "os-image")
	system, release := parseOSImage(image.said)
	imageVersion := image.versioned(release)
	image.value = x.known("os", system)

	switch {
	case image.said == "" && id.value == "":
		version.value = ""
	case image.said != "" && id.said != "" && id.value != image.value:
		// An agent in a container reads its image's os-release, so the node is
		// right where both speak and differ.
		if id.value = ""; image.value != "" {
			id.value = normalValue("os", id.said)
		}
		version.value = ""
		return []clue{image, id}, []clue{imageVersion, version}
	case imageVersion.value != "" && version.value != "" && !agree("osv", version.value, imageVersion.value):
		return []clue{id, image}, []clue{imageVersion, version}
	}
	return []clue{id, image}, []clue{version, imageVersion}
}

// osImage describes how a distribution names itself in a node's osImage
// (PRETTY_NAME of os-release).
type osImage struct {
	prefix string
	id     string
	// components is how many numbers the distribution's VERSION_ID has; what
	// the name tells beyond is a point release.
	components int
}

func osImages() []osImage {
	return []osImage{
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

// parseOSImage returns the ID and version that os-release would give for a
// node's osImage, "" for what it does not tell.
func parseOSImage(image string) (id, version string) {
	for _, known := range osImages() {
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
