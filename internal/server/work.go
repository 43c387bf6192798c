// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// maxWaiting is how many requests with a body one client may have in work or
// waiting.
const maxWaiting = 8

// maxWait is how long a request waits for its turn; after that there might be
// no time left to answer.
const maxWait = 10 * time.Second

// workshop bounds how many bodies are worked on at a time, so that they never
// take all processors: a body may cost 1,000 times what a query does.
type workshop struct {
	places  chan struct{}
	mu      sync.Mutex
	clients map[netip.Addr]int // requests inside or waiting
}

func newWorkshop(places int) *workshop {
	return &workshop{places: make(chan struct{}, places), clients: map[netip.Addr]int{}}
}

// enter waits for a place. The caller calls leave when its work is done.
func (w *workshop) enter(ctx context.Context, address netip.Addr) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	client := household(address)
	if !w.queue(client) {
		return nil, errBusy()
	}
	select {
	case w.places <- struct{}{}:
		return func() { <-w.places; w.dequeue(client) }, nil
	case <-ctx.Done():
		w.dequeue(client)
		return nil, errBusy()
	}
}

func errBusy() error {
	return busy(http.StatusServiceUnavailable, codeUnavailable, "too many documents are being worked on; wait and try again")
}

func (w *workshop) queue(client netip.Addr) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clients[client] >= maxWaiting {
		return false
	}
	w.clients[client]++
	return true
}

func (w *workshop) dequeue(client netip.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clients[client]--; w.clients[client] == 0 {
		delete(w.clients, client)
	}
}
