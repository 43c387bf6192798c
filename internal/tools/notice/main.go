// SPDX-License-Identifier: Apache-2.0

// Command notice writes the licenses of all modules that are linked into the
// provider or the command on any platform of a release: what their licenses ask
// for in copies. The texts come from the module cache.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	output := flag.String("output", "NOTICE", "the file to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	notice, err := build(ctx, ".")
	if err == nil {
		err = os.WriteFile(*output, notice, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

// module is one that is linked, or Go itself.
type module struct{ path, version, dir string }

// platforms are the operating systems of a release. Which modules are linked
// does not depend on the processor.
func platforms() []string { return []string{"linux", "darwin", "windows", "freebsd"} }

// build returns the notice of the main module in a directory. Modules that share
// a text are named above it, so that it is there once.
func build(ctx context.Context, dir string) ([]byte, error) {
	modules, err := linked(ctx, dir)
	if err != nil {
		return nil, err
	}
	var texts []string
	users := map[string][]string{}
	for _, m := range modules {
		found, err := m.texts()
		if err != nil {
			return nil, err
		}
		for _, text := range found {
			if users[text] == nil {
				texts = append(texts, text)
			}
			users[text] = append(users[text], strings.TrimSpace(m.path+" "+m.version))
		}
	}
	var b bytes.Buffer
	b.WriteString("terraform-provider-eidos\n\nThe provider and the eidos command contain the software listed below, under these licenses.\n")
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(users[text], "\n"), text)
	}
	return b.Bytes(), nil
}

// linked lists Go and the modules of all packages that the programs import, by
// path.
func linked(ctx context.Context, dir string) ([]module, error) {
	root, err := run(ctx, dir, "", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	modules := []module{{path: "The Go standard library", dir: strings.TrimSpace(root)}}
	for _, platform := range platforms() {
		list, err := run(ctx, dir, platform, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", ".", "./cmd/eidos")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(list) {
			if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 3 {
				modules = append(modules, module{fields[0], fields[1], fields[2]})
			}
		}
	}
	slices.SortFunc(modules[1:], func(a, b module) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(modules), nil
}

func run(ctx context.Context, dir, platform string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of this program alone
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if platform != "" {
		cmd.Env = append(cmd.Env, "GOOS="+platform, "GOARCH=amd64")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, stderr.String())
	}
	return string(out), nil
}

// texts returns the license of a module, its notice and its grant of patents.
func (m module) texts() ([]string, error) {
	form := regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents)([.-].*)?$`)
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, fmt.Errorf("%s is not in the module cache: %w; run go mod download", m.path, err)
	}
	var texts []string
	for _, entry := range entries {
		if !form.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s has no license in %s: find out under which it may be copied", m.path, m.dir)
	}
	return texts, nil
}
