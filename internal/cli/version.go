// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// versions are those of a program, by the names that GET /version has.
type versions struct {
	Version  string `json:"version"`
	Catalog  string `json:"catalog"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(p Process) *cobra.Command {
	format := formatFlag{known: []string{checkText, string(document.FormatJSON), string(document.FormatYAML)}}
	command := &cobra.Command{
		Use:     "version [flags]",
		Short:   "Print the version of eidos and of its catalog",
		Example: "  eidos version\n  eidos version --format json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := format.check(); err != nil {
				return invalid(err)
			}
			catalog, err := recipe.Embedded()
			if err != nil {
				return failed(err)
			}
			v := versions{p.Version, catalog.Version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			text := fmt.Sprintf("eidos %s\ncatalog %s\n%s %s\n", v.Version, v.Catalog, v.Go, v.Platform)
			return failed(format.write(p.Stdout, []byte(text), v))
		},
	}
	format.register(command)
	return command
}
