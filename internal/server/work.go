// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"net/netip"
	"slices"
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
// take all processors, a body may cost 1,000 times what a query does, and the
// memory that they take together. Clients that wait get places in turn, so that
// none waits for all that another sent.
type workshop struct {
	mu     sync.Mutex
	free   int   // places
	memory int64 // bytes that are free
	lines  map[netip.Addr]*line
	turns  []netip.Addr // the clients that wait, each once, next first
}

// line is what one client has in a workshop.
type line struct {
	inside  int
	waiting []*turn // first come first
}

// turn is that of one body.
type turn struct {
	memory int64         // bytes that work on it takes
	come   chan struct{} // closed when a place and the memory are there
}

func newWorkshop(places int, memory int64) *workshop {
	return &workshop{free: places, memory: memory, lines: map[netip.Addr]*line{}}
}

// enter waits for a place and for bytes of memory, of which it asks for no more
// than the workshop has. The caller calls leave when its work is done. It is not ok
// when the client has too much waiting, or waited for too long.
func (w *workshop) enter(ctx context.Context, client netip.Addr, memory int64) (leave func(), ok bool) {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	t, ok := w.queue(client, memory)
	if !ok {
		return nil, false
	}
	select {
	case <-t.come:
		return func() { w.leave(client, t) }, true
	case <-ctx.Done():
		w.giveUp(client, t)
		return nil, false
	}
}

func (w *workshop) queue(client netip.Addr, memory int64) (*turn, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.lines[client]
	if l == nil {
		l = &line{}
		w.lines[client] = l
	}
	if l.inside+len(l.waiting) >= maxWaiting {
		return nil, false
	}
	t := &turn{memory: memory, come: make(chan struct{})}
	l.waiting = append(l.waiting, t)
	if len(l.waiting) == 1 {
		w.turns = append(w.turns, client)
	}
	w.admit()
	return t, true
}

func (w *workshop) leave(client netip.Addr, t *turn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.vacate(client, t)
}

// giveUp takes somebody who waits out of the line, or out of the place that was
// theirs at that moment.
func (w *workshop) giveUp(client netip.Addr, t *turn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.lines[client]
	i := slices.Index(l.waiting, t)
	if i < 0 {
		w.vacate(client, t)
		return
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	if len(l.waiting) == 0 {
		w.turns = slices.DeleteFunc(w.turns, func(a netip.Addr) bool { return a == client })
	}
	w.forget(client)
	w.admit() // those after it may need less memory
}

// admit gives the free places to those who wait. Who needs more memory than is
// free keeps its turn: what others need less would else never end. The caller holds
// the lock.
func (w *workshop) admit() {
	for w.free > 0 && len(w.turns) > 0 {
		client := w.turns[0]
		l := w.lines[client]
		next := l.waiting[0]
		if next.memory > w.memory {
			return
		}
		close(next.come)
		l.waiting = l.waiting[1:]
		l.inside++
		w.free--
		w.memory -= next.memory
		w.turns = w.turns[1:]
		if len(l.waiting) > 0 {
			w.turns = append(w.turns, client)
		}
	}
}

// vacate frees the place of a turn. The caller holds the lock.
func (w *workshop) vacate(client netip.Addr, t *turn) {
	w.lines[client].inside--
	w.free++
	w.memory += t.memory
	w.admit()
	w.forget(client)
}

// forget drops a client that has nothing here. The caller holds the lock.
func (w *workshop) forget(client netip.Addr) {
	if l := w.lines[client]; l.inside == 0 && len(l.waiting) == 0 {
		delete(w.lines, client)
	}
}

// Bounds of the memory that the bytes of bodies and of their answers take, from
// before they are read until they are written, in bodies of the largest size: that
// of all clients, and that of one.
const (
	maxBodies       = 16
	maxClientBodies = 4
)

// bodyBudget hands out the bytes that bodies and answers may take. It never waits: a client
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
