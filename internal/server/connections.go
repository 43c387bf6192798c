// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// connections bounds how many there are: of all clients, and of each. One too many
// is closed without an answer.
type connections struct {
	all, each int // 0 for no bound
	proxies   proxies
	refused   func()

	mu      sync.Mutex
	open    int
	clients map[netip.Addr]int
}

func newConnections(all, each int, trusted proxies, refused func()) *connections {
	return &connections{all: all, each: each, proxies: trusted, refused: refused, clients: map[netip.Addr]int{}}
}

// change counts a connection whose state changes; see http.Server.ConnState.
func (c *connections) change(conn net.Conn, state http.ConnState) {
	client := parseAddress(conn.RemoteAddr().String())
	switch state {
	case http.StateNew:
		if !c.add(household(client), c.proxies.trust(client)) {
			c.refused()
			_ = conn.Close() // its end is the answer
		}
	case http.StateClosed, http.StateHijacked:
		c.remove(household(client))
	case http.StateActive, http.StateIdle:
	}
}

// add counts a connection, and reports whether there may be as many.
func (c *connections) add(client netip.Addr, trusted bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	c.clients[client]++
	return (c.all == 0 || c.open <= c.all) && (trusted || c.each == 0 || c.clients[client] <= c.each)
}

func (c *connections) remove(client netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	if c.clients[client]--; c.clients[client] == 0 {
		delete(c.clients, client)
	}
}
