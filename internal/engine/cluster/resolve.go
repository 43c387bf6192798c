// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"path/filepath"
	"slices"
	"strings"
)

// resolved is what settings and variables together state.
type resolved struct {
	Settings

	paths  value             // who named the kubeconfig files; its text is for messages
	files  []string          // as stated
	values map[Setting]value // of the settings that are texts, and of Insecure: "true", "false" or ""
}

func resolve(s Settings, getenv func(string) string) (*resolved, error) {
	r := &resolved{Settings: s, values: map[Setting]value{}}
	for setting, stated := range s.texts() {
		r.values[setting] = s.read(getenv, setting, stated)
	}
	var err error
	if r.values[Insecure], err = s.readInsecure(getenv); err != nil {
		return nil, err
	}
	if err := r.resolveFiles(getenv); err != nil {
		return nil, err
	}
	if err := r.excludeTrust(); err != nil {
		return nil, err
	}
	return r, r.excludeCredentials()
}

func (r *resolved) resolveFiles(getenv func(string) string) error {
	one := r.ConfigPath != nil && *r.ConfigPath != ""
	switch {
	case one && len(r.ConfigPaths) > 0:
		return r.Door.errorf(ConfigPaths, "set either %s or %s, not both", r.Door.Name(ConfigPath), r.Door.Name(ConfigPaths))
	case one:
		r.paths = r.stated(ConfigPath, *r.ConfigPath)
		r.files = []string{*r.ConfigPath}
	case len(r.ConfigPaths) > 0:
		r.paths = r.stated(ConfigPaths, strings.Join(r.ConfigPaths, ", "))
		r.files = r.ConfigPaths
	case r.ConfigPath != nil || r.ConfigPaths != nil:
		r.paths = r.stated(ConfigPath, "") // stated to be none
	default:
		r.resolveFileVariables(getenv)
	}
	if i := slices.Index(r.files, ""); i >= 0 {
		return r.paths.errorf("element %d is empty", i)
	}
	return nil
}

func (r *resolved) resolveFileVariables(getenv func(string) string) {
	if r.paths = r.read(getenv, ConfigPath, nil); r.paths.set() {
		r.files = []string{r.paths.text}
		return
	}
	r.paths = r.read(getenv, ConfigPaths, nil)
	r.files = slices.DeleteFunc(filepath.SplitList(r.paths.text), func(file string) bool { return file == "" })
}

// excludeTrust keeps one of insecure and the CA.
func (r *resolved) excludeTrust() error {
	insecure, ca := r.values[Insecure], r.values[ClusterCACertificate]
	if insecure.text != "true" || !ca.set() {
		return nil
	}
	switch {
	case insecure.fromAttribute() == ca.fromAttribute():
		return insecure.errorf("a server that is not verified has no use for %s: set one of them", ca.source)
	case insecure.fromAttribute():
		delete(r.values, ClusterCACertificate)
	default:
		delete(r.values, Insecure)
	}
	return nil
}
