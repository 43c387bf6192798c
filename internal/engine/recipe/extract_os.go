// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/osrelease"
)

// system returns the clues of os and osv. They come in pairs of one source each,
// since the version of one system says nothing of another.
func (x extractor) system() (systems, versions []clue) {
	id := x.enumerated("os", measurement.OS, "release", "ID")
	id.why = x.platforms.without(id.said)
	version := x.read(measurement.OS, "release", "VERSION_ID")
	version = version.versioned(version.said)

	image := x.read(measurement.K8s, "node", "os-image")
	system, release := osrelease.FromImage(image.said)
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
