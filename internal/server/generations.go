// SPDX-License-Identifier: Apache-2.0

package server

import "sync"

// generations is a map of bounded size that forgets what was not used lately.
// It holds two halves: when the young one is full it becomes the old one, and
// the old one is dropped. What is found in the old half moves to the young. It
// never holds more than twice its size, and never forgets the size entries used
// last. It is safe for concurrent use.
type generations[K comparable, V any] struct {
	size       int
	mu         sync.Mutex
	young, old map[K]V
}

func newGenerations[K comparable, V any](size int) *generations[K, V] {
	return &generations[K, V]{size: size, young: map[K]V{}}
}

// get returns the value of a key.
func (g *generations[K, V]) get(key K) (V, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.find(key)
}

// put sets the value of a key.
func (g *generations[K, V]) put(key K, value V) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.insert(key, value)
}

// getOr returns the value of a key, which it makes and keeps when there is none.
func (g *generations[K, V]) getOr(key K, create func() V) V {
	g.mu.Lock()
	defer g.mu.Unlock()
	value, ok := g.find(key)
	if !ok {
		value = create()
		g.insert(key, value)
	}
	return value
}

// len returns the number of keys, of which some may be counted twice.
func (g *generations[K, V]) len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.young) + len(g.old)
}

func (g *generations[K, V]) find(key K) (V, bool) {
	if value, ok := g.young[key]; ok {
		return value, true
	}
	value, ok := g.old[key]
	if ok {
		g.insert(key, value)
	}
	return value, ok
}

func (g *generations[K, V]) insert(key K, value V) {
	if _, ok := g.young[key]; !ok && len(g.young) >= g.size {
		g.old, g.young = g.young, make(map[K]V)
	}
	g.young[key] = value
}
