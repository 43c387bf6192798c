// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// addDefaultCommands adds the commands help and completion of cobra, which would
// otherwise answer a word that they do not know with success.
func addDefaultCommands(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		switch command.Name() {
		case "help":
			command.Run, command.RunE = nil, help
		case "completion":
			command.Args, command.RunE = cobra.ArbitraryArgs, runGroup
		}
	}
}

// runGroup shows what commands a command has, and refuses words that are none.
func runGroup(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(command, args[0])
	}
	return command.Help()
}

// help shows the help of the command that the words name, that of the root where
// there are none.
func help(command *cobra.Command, args []string) error {
	topic, rest, err := command.Root().Find(args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return unknownCommand(topic, rest[0])
	}
	topic.InitDefaultHelpFlag()
	topic.InitDefaultVersionFlag()
	return topic.Help()
}

func unknownCommand(parent *cobra.Command, word string) error {
	var known []string
	for _, command := range parent.Commands() {
		if command.IsAvailableCommand() {
			known = append(known, command.Name())
		}
	}
	advice := suggest.Question(word, known)
	if advice == "" {
		advice = "; see " + parent.CommandPath() + " --help"
	}
	return fmt.Errorf("%s has no command %q%s", parent.CommandPath(), word, advice)
}
