// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// store returns the reader and writer of documents of a run.
func (p Process) store(client *cluster.Client, force bool) location.Store {
	return location.Store{Stdin: p.Stdin, Stdout: p.Stdout, Cluster: client, Force: force}
}

// readDocument reads and decodes the document at a location that a flag names.
func readDocument[T any](ctx context.Context, store location.Store, flag, at, key string, decode func([]byte) (T, error)) (T, error) {
	var none T
	from, err := location.Parse(at)
	if err != nil {
		return none, invalid(fmt.Errorf("--%s: %w", flag, err))
	}
	data, err := store.Read(ctx, from, key)
	if err != nil {
		return none, unreachable(fmt.Errorf("--%s: %w", flag, err))
	}
	decoded, err := decode(data)
	if err != nil {
		return none, invalid(fmt.Errorf("--%s: %s: %w", flag, from, err))
	}
	return decoded, nil
}
