// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"path/filepath"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// plannedDirectories knows which content was planned for which directory in
// this run, so that two bundles that would overwrite each other are found at
// plan time. Planning one bundle twice, as Terraform does for a replacement,
// gives the same content and is no conflict.
type plannedDirectories struct {
	mu      sync.Mutex
	content map[string]string // directory -> sha256 of the bundle
}

func (p *plannedDirectories) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.content = nil
}

// claim reports whether the directory is free or planned with equal content.
func (p *plannedDirectories) claim(dir, sha256 string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := directoryKey(dir)
	if other, ok := p.content[key]; ok {
		return other == sha256
	}
	if p.content == nil {
		p.content = map[string]string{}
	}
	p.content[key] = sha256
	return true
}

// directoryKey makes different spellings of one directory equal, as far as the
// parts that exist can tell.
func directoryKey(dir string) string {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return filepath.Clean(dir)
	}
	if resolved, err := filepath.EvalSymlinks(absolute); err == nil {
		return resolved
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	if err != nil {
		return absolute
	}
	return filepath.Join(parent, filepath.Base(absolute))
}

// sameDirectory reports whether two output directories are one, however they
// are spelled. None is only the same as none.
func sameDirectory(a, b types.String) bool {
	if a.IsNull() || b.IsNull() {
		return a.IsNull() && b.IsNull()
	}
	return directoryKey(a.ValueString()) == directoryKey(b.ValueString())
}
