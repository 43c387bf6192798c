// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"path/filepath"
	"sync"
)

// lock waits until nobody else works on dir and returns the function that
// gives it free.
func (w *Writer) lock(dir string) (unlock func(), err error) {
	key, err := lockKey(dir)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	lock, ok := w.locks[key]
	if !ok {
		lock = &sync.Mutex{}
		w.locks[key] = lock
	}
	w.mu.Unlock()
	lock.Lock()
	return lock.Unlock, nil
}

// lockKey is the absolute path of dir with all symbolic links resolved. The
// directory may be missing, so only its deepest resolvable ancestor is
// resolved; the key stays the same when the directory comes or goes.
func lockKey(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("making output directory %q absolute: %w", dir, err)
	}
	rest := ""
	for existing := abs; ; existing = filepath.Dir(existing) {
		if resolved, err := filepath.EvalSymlinks(existing); err == nil {
			return filepath.Join(resolved, rest), nil
		}
		if filepath.Dir(existing) == existing {
			return abs, nil
		}
		rest = filepath.Join(filepath.Base(existing), rest)
	}
}
