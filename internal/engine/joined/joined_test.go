// SPDX-License-Identifier: Apache-2.0

package joined_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	wrapped := fmt.Errorf("w: %w", errors.Join(a, b))
	tests := map[string]struct {
		err  error
		want []error
	}{
		"nil":             {nil, nil},
		"one":             {a, []error{a}},
		"joined":          {errors.Join(a, nil, b), []error{a, b}},
		"joined in depth": {errors.Join(errors.Join(a, b), c), []error{a, b, c}},
		"wrapped":         {errors.Join(wrapped, c), []error{wrapped, c}},
	}
	for name, test := range tests {
		if got := joined.Errors(test.err); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
