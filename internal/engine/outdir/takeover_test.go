// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"testing"
)

// TestTakeover is the life of two bundles on one directory: a replacement that
// is created before the old one is destroyed, or a renamed one.
func TestTakeover(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	first, _ := write(t, w, dir, Claim{}, bundle())
	wanted := without(bundle(), "network-operator/values.yaml")
	second, result := write(t, w, dir, Claim{}, wanted)
	if second.Owner == first.Owner {
		t.Error("the owner did not change")
	}
	equal(t, "Removed", result.Removed, []string{"network-operator/values.yaml"})

	refusal(t, w.Check(dir, first), MarkerName, "another bundle owns it now", "directory of its own")
	_, err := w.Write(dir, first, text(bundle()))
	refusal(t, err, MarkerName)
	left, err := w.Remove(dir, first)
	noError(t, err)
	equal(t, "left", left, []string{".: another bundle owns the directory now, nothing was removed"})
	equal(t, "directory", tree(t, dir), wanted)

	left, err = w.Remove(dir, second)
	noError(t, err)
	equal(t, "left", left, []string(nil))
	equal(t, "directory", tree(t, dir), map[string]string(nil))
}

func TestTakeoverOfEqualContent(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	first, _ := write(t, w, dir, Claim{}, bundle())
	second, result := write(t, w, dir, Claim{}, bundle())
	equal(t, "Written", result.Written, []string(nil))
	refusal(t, w.Check(dir, first), MarkerName)
	noError(t, w.Check(dir, second))
}

// TestTakeoverAfterDestroy is the other order of the same two operations.
func TestTakeoverAfterDestroy(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	first, _ := write(t, w, dir, Claim{}, bundle())
	left, err := w.Remove(dir, first)
	noError(t, err)
	equal(t, "left", left, []string(nil))
	write(t, w, dir, Claim{}, bundle())
	equal(t, "directory", tree(t, dir), bundle())
}
