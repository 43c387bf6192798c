// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/netip"
	"sync"
)

// Bounds of the memory that bodies take while they are read and worked on, in
// bodies of the largest size: that of all clients, and that of one.
const (
	maxBodies       = 32
	maxClientBodies = 8
)

// bodyBudget hands out the bytes that bodies may take. It never waits: a client
// that sends its body slowly would make all others wait for as long.
type bodyBudget struct {
	all, each int64
	mu        sync.Mutex
	taken     int64
	clients   map[netip.Addr]int64 // bytes taken
}

// newBodyBudget returns a budget for bodies of a largest size in bytes.
func newBodyBudget(largest int64) *bodyBudget {
	return &bodyBudget{all: maxBodies * largest, each: maxClientBodies * largest, clients: map[netip.Addr]int64{}}
}

// take takes bytes for a client, which the caller gives back. It returns false
// when the client has its share, or would take more than half of what is left: a
// few clients with large bodies do not keep out all others' small ones.
func (b *bodyBudget) take(client netip.Addr, bytes int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if left := b.all - b.taken; bytes > left/2 || b.clients[client]+bytes > b.each {
		return false
	}
	b.taken += bytes
	b.clients[client] += bytes
	return true
}

func (b *bodyBudget) giveBack(client netip.Addr, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken -= bytes
	if b.clients[client] -= bytes; b.clients[client] == 0 {
		delete(b.clients, client)
	}
}
