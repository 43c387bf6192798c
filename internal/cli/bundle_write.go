// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/attest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// list prints the components of a bundle that is not written.
func (c *bundleCommand) list(rendered *bundle.Bundle) error {
	rows := [][]string{{"COMPONENT", "CHART", "VERSION", "NAMESPACE", "REPOSITORY"}}
	for _, component := range rendered.Components {
		rows = append(rows, []string{component.Name, cmp.Or(component.Chart, "-"), component.Version, component.Namespace, cmp.Or(component.Repository, "-")})
	}
	return c.print(string(c.process.table(rows)))
}

// write makes the output directory hold the bundle. The command remembers no
// directory: it takes over any that a bundle wrote and nobody edited. A complete
// one is left alone, its marker too. The statement, nil for none, comes last.
func (c *bundleCommand) write(report *reporter, rendered *bundle.Bundle, statement *outdir.File) error {
	writer := outdir.NewWriter()
	preview, err := writer.Preview(c.output, outdir.Claim{}, rendered.Files)
	if err != nil {
		return refused(err)
	}
	switch {
	case c.dryRun:
		if statement != nil {
			preview.Written = append(preview.Written, statement.Path)
		}
		return c.print(c.changes("would remove", preview.Removed) + c.changes("would write", preview.Written))
	case preview.Complete:
		report.unchanged(c.output)
		return c.writeStatement(report, statement)
	}
	result, err := writer.Write(c.output, outdir.Claim{}, rendered.Files)
	for _, left := range result.Left {
		report.warn(fmt.Sprintf("left in %s: %s", c.output, left))
	}
	if err := errors.Join(refused(err), c.print(c.changes("removed", result.Removed)+c.changes("written", result.Written))); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(c.output, attest.StatementName)); err == nil && statement == nil {
		report.warn(filepath.Join(c.output, attest.StatementName) + " is the statement of an earlier bundle: sign this one with --sign, or remove it")
	}
	if statement == nil {
		report.wrote(c.output)
	}
	return c.writeStatement(report, statement)
}

// writeStatement writes the statement of a bundle that is complete.
func (c *bundleCommand) writeStatement(report *reporter, statement *outdir.File) error {
	if statement == nil {
		return nil
	}
	name := filepath.Join(c.output, statement.Path)
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return invalid(fmt.Errorf("%s is not a file, and the statement belongs there: remove it", name))
	}
	if err := location.WriteFile(name, statement.Content); err != nil {
		return failed(err)
	}
	report.wrote(c.output)
	return c.print(c.changes("written", []string{statement.Path}))
}

// packer makes the archive that a name asks for, nil for a directory.
func packer(output string) func([]outdir.File) ([]byte, error) {
	switch {
	case strings.HasSuffix(output, ".tar.gz"), strings.HasSuffix(output, ".tgz"):
		return outdir.TarGzip
	case strings.HasSuffix(output, ".zip"):
		return outdir.Zip
	default:
		return nil
	}
}

// pack makes a file the archive of the bundle, with its statement where it is not nil,
// or leaves it as it was.
func (c *bundleCommand) pack(report *reporter, pack func([]outdir.File) ([]byte, error), rendered *bundle.Bundle, statement *outdir.File) error {
	files := slices.Clone(rendered.Files)
	if statement != nil {
		files = append(files, *statement)
		slices.SortFunc(files, func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) })
	}
	content, err := pack(files)
	if err != nil {
		return failed(err)
	}
	if c.dryRun {
		return c.print("would write " + c.output + "\n")
	}
	if err := location.WriteFile(c.output, content); err != nil {
		return failed(err)
	}
	report.wrote(c.output)
	return nil
}

// printDiff prints by value what a write would change.
func (c *bundleCommand) printDiff(ctx context.Context, rendered *bundle.Bundle) error {
	there, err := outdir.NewWriter().ReadFiles(c.output)
	if err != nil {
		return refused(err)
	}
	files := map[string][]byte{}
	for _, f := range rendered.Files {
		files[f.Path] = f.Content
	}
	changes, err := compare.Files(ctx, there, files)
	if err != nil {
		return failed(err)
	}
	return c.print(string(c.process.changeTable(changes)))
}

// refused distinguishes a directory that must not be written from one that cannot be.
func refused(err error) error {
	var refusal *outdir.RefusedError
	if errors.As(err, &refusal) {
		return invalid(err)
	}
	return failed(err)
}

// changes lists one file a line: what was done with it, or would be, and its
// path.
func (c *bundleCommand) changes(verb string, names []string) string {
	var text strings.Builder
	for _, name := range names {
		fmt.Fprintf(&text, "%s %s\n", verb, filepath.Join(c.output, filepath.FromSlash(name)))
	}
	return text.String()
}

func (c *bundleCommand) print(text string) error {
	if _, err := c.process.Stdout.Write([]byte(text)); err != nil {
		return failed(fmt.Errorf("writing to standard output: %w", err))
	}
	return nil
}
