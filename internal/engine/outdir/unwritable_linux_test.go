// SPDX-License-Identifier: Apache-2.0

package outdir_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// TestDirectoryThatNobodyMakes: below /proc the system says that a directory which it does
// not make is missing, as it does of one that others have removed.
func TestDirectoryThatNobodyMakes(t *testing.T) {
	t.Parallel()
	_, err := outdir.NewWriter().Write("/proc/eidos", outdir.Claim{}, []outdir.File{{Path: "a", Content: []byte("a")}})
	if err == nil {
		t.Error("a directory was made below /proc")
	}
}
