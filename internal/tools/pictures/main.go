// SPDX-License-Identifier: Apache-2.0

// Pictures draws the pictures of the README and of the documentation as SVG, as far as
// they show data: from the catalog, from a bundle and from the plan in the README.
//
//	go run ./internal/tools/pictures -root .
//
// Equal data gives equal pictures.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "", "directory of the repository")
	flag.Parse()
	if *root == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return err
	}
	all, err := pictures(string(readme))
	if err != nil {
		return err
	}
	var errs []error
	for name, text := range all {
		errs = append(errs, os.WriteFile(filepath.Join(root, "pictures", name), []byte(text), 0o644))
	}
	return errors.Join(errs...)
}

// pictures returns each picture by its file name.
func pictures(readme string) (map[string]string, error) {
	layers, err := layersPicture()
	if err != nil {
		return nil, fmt.Errorf("picture of the layers: %w", err)
	}
	order, err := orderPicture()
	if err != nil {
		return nil, fmt.Errorf("picture of the order: %w", err)
	}
	plan, err := planPicture(readme)
	if err != nil {
		return nil, fmt.Errorf("picture of a plan: %w", err)
	}
	return map[string]string{"flow.svg": flowPicture(), "layers.svg": layers, "order.svg": order, "agent.svg": agentPicture(), "plan.svg": plan}, nil
}
