// SPDX-License-Identifier: Apache-2.0

package objects

import "time"

// OwnerAnnotation is for tests outside this package.
const OwnerAnnotation = ownerAnnotation

// Hasty makes a client look often at what it waits for.
func Hasty(c *Client) { c.interval = 5 * time.Millisecond }

// Drifted is for tests outside this package.
func Drifted(ours, live, again any) any { return drifted(ours, live, again) }

// Covers is for tests outside this package.
func Covers(value any, path string) bool { return covers(value, path) }

// Changes is for tests outside this package.
func Changes(ours, live any) []Change { return changes(ours, live) }

// Laid is for tests outside this package.
func Laid(ours, live any) any { return laid(ours, live) }
