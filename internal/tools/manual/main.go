// SPDX-License-Identifier: Apache-2.0

// Manual writes what a release has next to the command: its man pages, and the
// completion scripts of shells.
//
//	go run ./internal/tools/manual -out .cache/manual -version 1.2.3 -date 2026-01-02T03:04:05Z
//
// Equal commands give equal files: the date is that of the commit.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

func main() {
	out := flag.String("out", "", "directory to write to")
	var made release
	flag.StringVar(&made.version, "version", "dev", "version of the command")
	flag.StringVar(&made.date, "date", "", "date of the commit, in RFC 3339")
	flag.Parse()
	if *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*out, made); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// release is what the pages are of.
type release struct{ version, date string }

func run(out string, made release) error {
	made.date, _, _ = strings.Cut(made.date, "T")
	root := cli.NewCommand(cli.Process{Version: made.version})
	root.InitDefaultCompletionCmd()
	files, err := scripts(root)
	if err != nil {
		return err
	}
	for _, command := range append([]*cobra.Command{root}, root.Commands()...) {
		if command == root || command.IsAvailableCommand() {
			files["man/"+pageName(command)+".1"] = manPage(command, made)
		}
	}
	for name, text := range files {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// scripts are the completion scripts, by the names that shells look for.
func scripts(root *cobra.Command) (map[string]string, error) {
	files := map[string]string{}
	for name, generate := range map[string]func(io.Writer) error{
		"eidos.bash": func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"_eidos":     root.GenZshCompletion,
		"eidos.fish": func(w io.Writer) error { return root.GenFishCompletion(w, true) },
		"eidos.ps1":  root.GenPowerShellCompletionWithDesc,
	} {
		var text strings.Builder
		if err := generate(&text); err != nil {
			return nil, err
		}
		files["completions/"+name] = text.String()
	}
	return files, nil
}
