// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/attest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// verifyCommand is a run of eidos verify.
type verifyCommand struct {
	process Process
	keys    []string
}

func newVerifyCommand(p Process) *cobra.Command {
	c := &verifyCommand{process: p}
	command := &cobra.Command{
		Use:   "verify DIR [flags]",
		Short: "Check the files of a bundle against its checksums and its signature",
		Long: "Checks without a network that a directory holds exactly the files of a bundle: each with the checksum that checksums.txt has, and none that it does not list. " +
			"If the bundle is signed (" + attest.StatementName + ", by eidos bundle --sign), its statement must name the same files; with --key one of the keys must have signed it.\n\n" +
			"Only the keys that --key names are trusted. Without --key, no signature is checked. Checksums show damage, not malice, because whoever changes a file can also change its checksum.\n\n" +
			"The exit code is 0 if all is well, 4 if the files, the statement or the signer are not as they should be, 2 if the directory is not a bundle or a key is not a key, and 1 if something cannot be read.",
		Example: "  eidos verify out\n" +
			"  eidos verify out --key platform-team.pub",
		ValidArgsFunction: completeFiles(1, cobra.ShellCompDirectiveFilterDirs),
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) != 1 {
				return invalid(fmt.Errorf("want the directory of one bundle, got %d; see %s --help", len(args), command.CommandPath()))
			}
			return c.run(command.Context(), newReporter(p, command), args[0])
		},
	}
	command.Flags().StringArrayVar(&c.keys, "key", nil, "`file` with the public key of a signer that you trust, as PEM; repeatable, one of them is enough")
	return command
}

func (c *verifyCommand) run(ctx context.Context, report *reporter, dir string) error {
	names := map[*attest.PublicKey]string{}
	var keys []*attest.PublicKey
	for _, name := range c.keys {
		key, err := readKey(ctx, c.process, "--key", name, attest.ParsePublicKey)
		if err != nil {
			return err
		}
		keys, names[key] = append(keys, key), name
	}
	start := c.process.Now()
	result, err := attest.Verify(dir, keys)
	c.process.logRead("the bundle", dir, err, start)
	var none *attest.NoBundleError
	if errors.As(err, &none) {
		return invalid(err)
	}
	if err != nil {
		return failed(err)
	}
	if len(result.Problems) > 0 {
		problems := make([]error, len(result.Problems))
		for i, text := range result.Problems {
			problems[i] = errors.New(text)
		}
		return exitWith(ExitDifferent, problems)
	}
	text := fmt.Sprintf("%d files are as checksums.txt lists them\n", result.Files)
	switch {
	case result.Signer != nil:
		text += fmt.Sprintf("signed by the key of %s (%s): catalog %s, eidos %s\n", names[result.Signer], result.Signer.ID, result.Catalog, result.Eidos)
	case result.Signed:
		report.warn("the bundle says that it is signed by " + strings.Join(result.KeyIDs, ", ") + ", and nothing has checked that: give the public key of a signer whom you trust with --key")
	default:
		report.warn("the bundle is not signed: checksums show damage, not malice")
	}
	if _, err := c.process.Stdout.Write([]byte(text)); err != nil {
		return failed(fmt.Errorf("writing to standard output: %w", err))
	}
	return nil
}

func readKey[K any](ctx context.Context, p Process, flag, name string, parse func([]byte) (*K, error)) (*K, error) {
	start := p.Now()
	text, err := location.ReadFile(ctx, name)
	p.logRead(flag, name, err, start)
	if err != nil {
		return nil, failed(fmt.Errorf("%s: %w", flag, err))
	}
	key, err := parse(text)
	if err != nil {
		return nil, invalid(fmt.Errorf("%s %s: %w", flag, name, err))
	}
	return key, nil
}
