// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// readGrub reads the kernel's command line: a key for each parameter, "" for one
// without a value. A parameter that is given several times keeps all values, one
// a line in the order given. Values of parameters named like a secret are
// redacted.
func readGrub(_ context.Context, fs *files) (map[string]data, error) {
	content, err := fs.read("/proc/cmdline")
	if err != nil {
		return nil, err
	}
	return map[string]data{"grub": commandLine(validText(content))}, nil
}

// commandLine reads parameters as the kernel does: blanks separate them, except
// between double quotes, and what follows "--" is for init.
func commandLine(line string) data {
	values := map[string][]string{}
	for _, parameter := range splitQuoted(strings.TrimRight(line, "\x00\n")) {
		if parameter == "--" {
			break
		}
		key, value := parameterOf(parameter)
		values[key] = append(values[key], value)
	}
	d := data{}
	for key, all := range values {
		d[key] = measurement.Str(strings.Join(all, "\n"))
	}
	return d
}

// splitQuoted splits at blanks outside double quotes. The quotes stay.
func splitQuoted(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && strings.ContainsRune(" \t\n\v\f\r", r)
	})
}

// parameterOf splits name="value" or "name=value" and redacts the value. A
// parameter without a name is a name as a whole.
func parameterOf(parameter string) (key, value string) {
	parameter = unquote(parameter)
	key, value, _ = strings.Cut(parameter, "=")
	value = unquote(value)
	if key == "" {
		return secret.Text(parameter), ""
	}
	return key, secret.Value(key, value)
}

// unquote removes a quote at the beginning, and then the one at the end.
func unquote(text string) string {
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		return strings.TrimSuffix(inner, `"`)
	}
	return text
}
