// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

func TestWriteFileToFullDevice(t *testing.T) {
	t.Parallel()
	err := location.WriteFile("/dev/full", []byte("x"))
	if err == nil || !strings.Contains(err.Error(), "writing /dev/full: no space left on device") {
		t.Errorf("got %v", err)
	}
}
