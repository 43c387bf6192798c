// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func newVersionCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of eidos and of its catalog",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			catalog, err := recipe.Embedded()
			if err != nil {
				return failed(err)
			}
			_, err = fmt.Fprintf(p.Stdout, "eidos %s\ncatalog %s\n%s %s/%s\n", p.Version, catalog.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return failed(err)
		},
	}
}
