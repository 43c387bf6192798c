// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// override is a flag that gives YAML by what stands before it, COMPONENT=LOCATION.
type override struct{ flag, form, key string }

func valuesFlag() override { return override{"values", "COMPONENT=FILE", valuesKey} }
func objectFlag() override { return override{"object", "COMPONENT/MANIFEST=FILE", objectKey} }

// overrides returns the Helm values that --values and --set give for each
// component, as YAML: the files in their order, then the settings in theirs,
// the later one over the earlier as Helm merges values.
func (p Process) overrides(ctx context.Context, store location.Store, files, settings []string) (map[string]string, error) {
	trees, err := p.readTrees(ctx, store, valuesFlag(), files)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, text := range settings {
		s, err := parseSetting(ctx, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--set %q: %w", text, err))
			continue
		}
		trees[s.component] = tree.Merge(trees[s.component], s.tree())
	}
	if err := invalid(errs...); err != nil {
		return nil, err
	}
	return encodeTrees(trees)
}

// readTrees reads files in their order, the later one over the earlier of its key.
func (p Process) readTrees(ctx context.Context, store location.Store, o override, files []string) (map[string]map[string]any, error) {
	trees := map[string]map[string]any{}
	for _, text := range files {
		name, at, err := pair(text, o.form)
		if err != nil {
			return nil, invalid(fmt.Errorf("--%s %q: %w", o.flag, text, err))
		}
		read, err := readDocument(ctx, p, store, "--"+o.flag, at, []string{o.key}, document.Value.Tree)
		if err != nil {
			return nil, err
		}
		trees[name] = tree.Merge(trees[name], read)
	}
	return trees, nil
}

func encodeTrees(trees map[string]map[string]any) (map[string]string, error) {
	texts := make(map[string]string, len(trees))
	for _, component := range slices.Sorted(maps.Keys(trees)) {
		node, err := canonical.Value(trees[component])
		if err != nil {
			return nil, failed(fmt.Errorf("the values of %s: %w", component, err))
		}
		text, err := canonical.YAML(node)
		if err != nil {
			return nil, failed(fmt.Errorf("the values of %s: %w", component, err))
		}
		texts[component] = string(text)
	}
	return texts, nil
}

// pair splits two words in a form such as COMPONENT=FILE.
func pair(text, form string) (key, value string, err error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" || value == "" {
		return "", "", fmt.Errorf("want %s", form)
	}
	return key, value, nil
}

// pairs reads what a flag gives several times.
func pairs(flag, form string, texts []string) (map[string]string, error) {
	values := map[string]string{}
	var errs []error
	for _, text := range texts {
		key, value, err := pair(text, form)
		if _, twice := values[key]; twice {
			err = fmt.Errorf("%s is given twice", key)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s %q: %w", flag, text, err))
		}
		values[key] = value
	}
	return values, errors.Join(errs...)
}

// setting is one --set.
type setting struct {
	component string
	path      []string
	value     any
}

var errSetting = errors.New(`want COMPONENT:PATH=VALUE, such as gpu-operator:driver.version='"580.126.20"'`)

// parseSetting parses COMPONENT:PATH=VALUE. The keys of the path are separated
// by dots; a backslash before a dot, an equals sign or a backslash makes it part
// of a key. The value is YAML, read as Helm reads a values file: 1.10 is a
// number, "1.10" is text, [a, b] a list, null deletes a default of the chart.
// Nothing at all is empty text.
func parseSetting(ctx context.Context, text string) (setting, error) {
	if !utf8.ValidString(text) {
		return setting{}, errors.New("it is not valid UTF-8")
	}
	component, rest, ok := strings.Cut(text, ":")
	if !ok || component == "" {
		return setting{}, errSetting
	}
	path, value, err := splitPath(rest)
	if err == nil {
		err = refuseIndexes(path)
	}
	if err != nil {
		return setting{}, err
	}
	s := setting{component: component, path: path, value: ""}
	if strings.TrimSpace(value) == "" {
		return s, nil
	}
	root, err := document.Parse(ctx, []byte(value))
	if err == nil {
		s.value, err = root.Any()
	}
	if err != nil {
		return setting{}, fmt.Errorf("the value is not YAML: %w", err)
	}
	return s, nil
}

// refuseIndexes refuses driver.env[0].name, which Helm's own --set takes. No key
// of a chart looks like that.
func refuseIndexes(path []string) error {
	for _, key := range path {
		name, index, found := strings.Cut(key, "[")
		if found && strings.HasSuffix(index, "]") {
			return fmt.Errorf("%q names one element of a list, and a list is set whole: %s='[{name: A, value: b}]' or %s='[a, b]'", key, name, name)
		}
	}
	return nil
}

// splitPath splits PATH=VALUE and the path into its keys.
func splitPath(text string) (path []string, value string, err error) {
	var key strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`.=\`, text[i+1]) >= 0:
			i++
			key.WriteByte(text[i])
		case c == '.' || c == '=':
			if key.Len() == 0 {
				return nil, "", errors.New("the path has an empty key")
			}
			path = append(path, key.String())
			key.Reset()
			if c == '=' {
				return path, text[i+1:], nil
			}
		default:
			key.WriteByte(c)
		}
	}
	return nil, "", errSetting
}

// tree returns the setting as the values that hold nothing else.
func (s setting) tree() map[string]any {
	value := s.value
	for _, key := range slices.Backward(s.path) {
		value = map[string]any{key: value}
	}
	tree, _ := value.(map[string]any) // a path has at least one key
	return tree
}
