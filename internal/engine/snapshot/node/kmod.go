// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// readKMod reads which kernel modules are loaded: the name of each is a key, its
// reading true. A kernel that knows no modules has none.
func readKMod(_ context.Context, host *files) (map[string]data, error) {
	content, err := host.read("/proc/modules")
	if errors.Is(err, fs.ErrNotExist) && host.exists("/proc/cmdline") {
		host.note("this kernel has no loadable modules: there is no /proc/modules")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string]data{"kmod": loadedModules(validText(content))}, nil
}

// loadedModules reads lines of name, size, uses, users, state and address. A
// module that is just being loaded or unloaded is left out.
func loadedModules(text string) data {
	const stateField = 4
	d := data{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || len(fields) > stateField && fields[stateField] != "Live" {
			continue
		}
		d[fields[0]] = measurement.Bool(true)
	}
	return d
}
