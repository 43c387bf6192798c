// SPDX-License-Identifier: Apache-2.0

// Reference writes the pages of the documentation that are made from the
// project's own data: a page for each bundler, the compatibility page, the page
// of all rules, and those of options, of the command and of the facts of snapshots.
//
//	go run ./internal/tools/reference -out docs/guides -module modules/gpu-stack -schemas schemas
//
// It also writes the part of the module that has a block for each component, and the
// JSON Schemas of documents. Equal data gives equal files.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func main() {
	out := flag.String("out", "", "directory of the pages")
	module := flag.String("module", "", "directory of the module")
	schemas := flag.String("schemas", "", "directory of the JSON Schemas")
	flag.Parse()
	if *out == "" || *module == "" || *schemas == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*out, *module, *schemas); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// engine is what the pages are made from.
type engine struct {
	catalog  *recipe.Catalog
	renderer *bundle.Renderer
	set      *component.Set
}

// run makes every page before it writes the first.
func run(out, module, schemas string) error {
	catalog, err := recipe.Embedded()
	if err != nil {
		return err
	}
	set, err := component.Embedded()
	if err != nil {
		return err
	}
	e := engine{catalog, bundle.NewRendererOf(set), set}
	all, err := e.pages()
	if err != nil {
		return err
	}
	releases, err := e.module()
	if err != nil {
		return err
	}
	documents, err := e.schemas()
	if err != nil {
		return err
	}
	return errors.Join(write(out, all), write(module, map[string]string{"releases.tf": releases}), write(schemas, documents))
}

func write(out string, pages map[string]string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages returns the text of each page by its file name.
func (e engine) pages() (map[string]string, error) {
	compatibility, err := e.compatibility()
	if err != nil {
		return nil, err
	}
	facts, err := e.facts()
	if err != nil {
		return nil, fmt.Errorf("page of the facts of a snapshot: %w", err)
	}
	options, err := e.options()
	if err != nil {
		return nil, fmt.Errorf("page of intents and options: %w", err)
	}
	pages := map[string]string{"snapshot-facts.md": facts, "options.md": options, "command-reference.md": commandPage(), "compatibility.md": compatibility, "rules.md": rulesPage(e.catalog, e.renderer)}
	for _, name := range e.renderer.Bundlers() {
		text, err := e.bundler(name)
		if err != nil {
			return nil, fmt.Errorf("page of %s: %w", name, err)
		}
		pages["bundler-"+name+".md"] = text
	}
	return pages, nil
}
