// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// containerdConfigs returns where containerd's configuration is: that of a
// distribution's own containerd first, since a node may have another one for
// other work.
func containerdConfigs() []string {
	return []string{
		"/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
		"/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
		"/etc/k0s/containerd.toml",
		"/var/snap/microk8s/current/args/containerd.toml",
		"/etc/cri/containerd.toml", // Talos
		"/etc/containerd/config.toml",
	}
}

// nriPlugin is the plugin by which others change containers.
const nriPlugin = "io.containerd.nri.v1.nri"

// criPlugins are the names of the plugin that the kubelet talks to, in versions
// 3, 2 and 1 of the configuration.
func criPlugins() []string {
	return []string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"}
}

// readContainerd reads how the node's containerd is configured. What the
// configuration leaves to the default of containerd's release has no key.
//
//   - config: the file; other-configs: files of another containerd, one per line
//   - version: of the configuration's form
//   - imports: patterns of the files that are read after it, one per line
//   - nri: enabled or disabled
//   - socket: where containerd listens
//   - disabled-plugins, runtimes: their names, one per line
//   - default-runtime; cdi: whether it is on
func readContainerd(_ context.Context, host *files) (map[string]data, error) {
	present := slices.DeleteFunc(containerdConfigs(), func(name string) bool { return !host.exists(name) })
	if len(present) == 0 {
		return nil, nil
	}
	d := data{"config": measurement.Str(present[0])}
	setText(d, "other-configs", strings.Join(present[1:], "\n"))
	config, err := loadContainerd(host, present[0])
	if errors.Is(err, fs.ErrPermission) {
		host.note(err.Error() + ": only root may read it")
		err = nil
	}
	if config != nil {
		describeContainerd(d, config)
	}
	return map[string]data{"containerd": d}, err
}

func describeContainerd(d data, config map[string]any) {
	at := func(path string) any { value, _ := tree.Lookup(config, path); return value }
	version, _ := at("version").(int64)
	d["version"] = measurement.Int(max(version, 1)) // a file that states none is of the first
	disabled := textsOf(at("disabled_plugins"))
	setText(d, "imports", strings.Join(textsOf(at("imports")), "\n"))
	setText(d, "disabled-plugins", strings.Join(disabled, "\n"))
	if socket, ok := at("grpc.address").(string); ok {
		setText(d, "socket", socket)
	}
	off, stated := at(tree.Join("plugins", nriPlugin) + ".disable").(bool)
	switch {
	case off || slices.Contains(disabled, nriPlugin):
		setText(d, "nri", "disabled")
	case stated:
		setText(d, "nri", "enabled")
	}
	for _, plugin := range criPlugins() {
		describeCRI(d, func(name string) any { return at(tree.Join("plugins", plugin) + "." + name) })
	}
}

func describeCRI(d data, at func(path string) any) {
	if name, ok := at("containerd.default_runtime_name").(string); ok {
		setText(d, "default-runtime", name)
	}
	if runtimes, ok := at("containerd.runtimes").(map[string]any); ok {
		setText(d, "runtimes", strings.Join(slices.Sorted(maps.Keys(runtimes)), "\n"))
	}
	if on, ok := at("enable_cdi").(bool); ok {
		d["cdi"] = measurement.Bool(on)
	}
}

func textsOf(value any) []string {
	var texts []string
	list, _ := value.([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// loadContainerd reads a configuration and, over it, the files that it imports.
func loadContainerd(host *files, name string) (map[string]any, error) {
	config, err := readTOML(host, name)
	if err != nil {
		return nil, err
	}
	imports := config["imports"]
	seen := map[string]bool{name: true}
	pending := matching(host, name, textsOf(imports))
	for len(pending) > 0 && len(seen) < maxImports {
		next := pending[0]
		pending = pending[1:]
		if seen[next] {
			continue
		}
		seen[next] = true
		over, err := readTOML(host, next)
		if err != nil {
			return config, err
		}
		pending = append(pending, matching(host, next, textsOf(over["imports"]))...)
		overlay(config, over)
	}
	if imports != nil {
		config["imports"] = imports
	}
	return config, nil
}

// maxImports bounds how many files one configuration is made of.
const maxImports = 100

// overlay lays an imported configuration over another as containerd does: the
// section of a plugin takes the place of the one before.
func overlay(config, over map[string]any) {
	plugins := maps.Clone(tree.Map(config, "plugins"))
	added, _ := over["plugins"].(map[string]any)
	maps.Copy(plugins, added)
	maps.Copy(config, tree.Merge(config, over))
	config["plugins"] = plugins
}

// matching returns the files that imports of a configuration name. A pattern may
// have * in its last element; it is relative to the directory of the file.
func matching(host *files, name string, patterns []string) []string {
	var matches []string
	for _, pattern := range patterns {
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(name), pattern)
		}
		directory, base := path.Split(pattern)
		entries, err := host.list(directory)
		if err != nil {
			continue // a pattern may match nothing
		}
		for _, entry := range entries {
			if ok, err := path.Match(base, entry.Name()); ok && err == nil {
				matches = append(matches, path.Join(directory, entry.Name()))
			}
		}
	}
	return matches
}

func readTOML(host *files, name string) (map[string]any, error) {
	content, err := host.read(name)
	if err != nil {
		return nil, err
	}
	config, err := decodeTOML(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return config, nil
}

func decodeTOML(content []byte) (map[string]any, error) {
	config := map[string]any{}
	err := toml.Unmarshal([]byte(validText(content)), &config)
	var at *toml.DecodeError
	if errors.As(err, &at) {
		line, _ := at.Position()
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	return config, err
}
