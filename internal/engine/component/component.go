// SPDX-License-Identifier: Apache-2.0

// Package component holds what is known of each component: one folder a
// component below data, with the facts about its chart releases.
package component

import (
	"embed"
	"io/fs"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

//go:embed data
var embedded embed.FS

// Facts returns the embedded facts about chart releases. It parses nothing.
func Facts() *chart.Facts {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		panic("component: embedded data: " + err.Error()) // "data" is a valid path: fs.Sub fails on no other ground
	}
	return chart.Open(data)
}
