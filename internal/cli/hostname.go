// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"strings"
)

// hostname returns the name of the machine that a snapshot describes: NODE_NAME,
// which a pod is given by its manifest, else what the host root says, else what
// the system says. It is "" where nobody knows.
func hostname(hostRoot string, getenv func(string) string) string {
	if name := getenv("NODE_NAME"); name != "" {
		return name
	}
	if hostRoot != "" {
		if name := hostnameBelow(hostRoot); name != "" {
			return name
		}
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// hostnameBelow never leaves the host root, wherever a link leads.
func hostnameBelow(hostRoot string) string {
	root, err := os.OpenRoot(hostRoot)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }() // only read
	text, err := root.ReadFile("etc/hostname")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
