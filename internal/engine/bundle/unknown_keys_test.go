// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyUnknownKeys has each one told, and the first of them compared with
// what is known.
func TestManyUnknownKeys(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		for i := range 30 {
			s.set(config(fmt.Sprintf("mig_strateg%02d", i)), "none")
		}
	})
	_, err := renderer().Render(t.Context(), s.Request)
	told, asked := 0, 0
	for _, e := range ruleErrors(t, err) {
		if e.Rule != "unknown-option" {
			continue
		}
		told++
		if strings.Contains(e.Error(), `did you mean "mig_strategy"?`) {
			asked++
		}
	}
	if told != 30 || asked != 20 {
		t.Errorf("%d keys are told, %d of them with a suggestion; want 30 and 20", told, asked)
	}
}
