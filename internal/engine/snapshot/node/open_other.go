// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package node

// nonBlocking is nothing where files cannot be pipes.
const nonBlocking = 0
