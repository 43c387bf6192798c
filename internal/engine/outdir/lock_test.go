// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"path/filepath"
	"sync"
	"testing"
)

func TestLockKey(t *testing.T) {
	t.Parallel()
	base, err := filepath.EvalSymlinks(t.TempDir())
	noError(t, err)
	plant(t, base, map[string]string{"real/": "", "link": "-> real"})
	want := filepath.Join(base, "real", "a", "out")
	spellings := []string{"real/a/out", "link/a/out", "link/./b/../a/out/"}
	check := func(moment string) {
		for _, spelling := range spellings {
			key, err := lockKey(base + "/" + spelling)
			noError(t, err)
			equal(t, moment+": "+spelling, key, want)
		}
	}
	check("missing")
	plant(t, base, map[string]string{"real/a/out/": ""})
	check("present")
}

// TestConcurrentLives lets bundles come and go on one directory at a time and
// under two names: whatever the order, nothing is torn, lost or left behind.
func TestConcurrentLives(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	plant(t, base, map[string]string{"real/": "", "link": "-> real"})
	w := NewWriter()
	var group sync.WaitGroup
	for i := range 8 {
		dir := filepath.Join(base, []string{"real", "link"}[i%2], "out")
		group.Go(func() {
			for range 5 {
				result, err := w.Write(dir, Claim{}, text(bundle()))
				if err != nil {
					t.Error(err)
				}
				if _, err := w.Remove(dir, Claim{Owner: result.Owner}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if entries := tree(t, filepath.Join(base, "real")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestLocksAreIndependent holds one directory and works on another.
func TestLocksAreIndependent(t *testing.T) {
	t.Parallel()
	w, base := NewWriter(), t.TempDir()
	key, err := lockKey(filepath.Join(base, "held"))
	noError(t, err)
	unlock := w.lock(key)
	write(t, w, filepath.Join(base, "free"), Claim{}, bundle())
	done := make(chan error)
	go func() {
		_, err := w.Write(filepath.Join(base, "held"), Claim{}, text(bundle()))
		done <- err
	}()
	equal(t, "held directory", tree(t, filepath.Join(base, "held")), map[string]string(nil))
	unlock()
	noError(t, <-done)
	equal(t, "directory", tree(t, filepath.Join(base, "held")), bundle())
}
