// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// readRelease reads os-release: ID, VERSION_ID and the other assignments as they
// are there, without secrets. The file in /etc is the administrator's, that in /usr/lib the
// distribution's.
func readRelease(_ context.Context, host *files) (map[string]data, error) {
	content, err := host.read("/etc/os-release")
	if errors.Is(err, fs.ErrNotExist) {
		content, err = host.read("/usr/lib/os-release")
	}
	if err != nil {
		return nil, err
	}
	return map[string]data{"release": assignments(validText(content))}, nil
}

// assignments reads NAME=value lines of a shell. Comments, empty values and
// lines that are not assignments are left out.
func assignments(text string) data {
	d := data{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if value = shellValue(value); value != "" {
			d[name] = measurement.Str(secret.Value(name, value))
		}
	}
	return d
}

// shellValue undoes the quoting of a shell: nothing is special between single
// quotes, and elsewhere a backslash keeps the character behind it.
func shellValue(text string) string {
	if inner, ok := strings.CutPrefix(text, "'"); ok {
		return strings.TrimSuffix(inner, "'")
	}
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(inner, `"`)
	}
	var value strings.Builder
	escaped := false
	for _, r := range text {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		value.WriteRune(r)
	}
	return value.String()
}
