// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// The page of the command has every command and every flag.
func TestCommandPageIsComplete(t *testing.T) {
	t.Parallel()
	text := commandPage()
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		_, section, found := strings.Cut(text, "\n## "+command.CommandPath()+"\n")
		if !found {
			t.Errorf("the page has no section of %s", command.CommandPath())
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(section, "--"+f.Name+"`") && !strings.Contains(section, "--"+f.Name+" ") {
				t.Errorf("the section of %s lacks --%s", command.CommandPath(), f.Name)
			}
		})
	}
}
