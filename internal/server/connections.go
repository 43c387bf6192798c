// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// connections bounds how many there are: of each client, and of all. One too many
// of a client is closed without an answer. One too many of all takes the place of
// one of the client that has most, so that a few clients do not keep out the others.
type connections struct {
	all, each int // 0 for no bound
	proxies   proxies
	refused   func()

	mu      sync.Mutex
	open    int
	clients map[netip.Addr]map[net.Conn]http.ConnState
}

func newConnections(all, each int, trusted proxies, refused func()) *connections {
	return &connections{all: all, each: each, proxies: trusted, refused: refused, clients: map[netip.Addr]map[net.Conn]http.ConnState{}}
}

// change counts a connection whose state changes; see http.Server.ConnState.
func (c *connections) change(conn net.Conn, state http.ConnState) {
	address := parseAddress(conn.RemoteAddr().String())
	client := household(address)
	switch state {
	case http.StateNew:
		if excess := c.add(client, conn, c.proxies.trust(address)); excess != nil {
			c.refused()
			_ = excess.Close() // its end is the answer
		}
	case http.StateActive, http.StateIdle:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.clients[client][conn] = state
	case http.StateClosed, http.StateHijacked:
		c.remove(client, conn)
	}
}

// add counts a connection, and returns one that has to be closed for it, nil for
// none.
func (c *connections) add(client netip.Addr, conn net.Conn, trusted bool) (excess net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	own := c.clients[client]
	if own == nil {
		own = map[net.Conn]http.ConnState{}
		c.clients[client] = own
	}
	own[conn] = http.StateNew
	c.open++
	switch {
	case !trusted && c.each > 0 && len(own) > c.each:
		return conn
	case c.all > 0 && c.open > c.all:
		return c.excess(client, conn)
	default:
		return nil
	}
}

// excess chooses a connection to close for a new one: of the client that has most,
// one without a request if there is one. The caller holds the lock.
func (c *connections) excess(client netip.Addr, conn net.Conn) net.Conn {
	most := client
	for other, theirs := range c.clients {
		if len(theirs) > len(c.clients[most]) && !c.proxies.trust(other) {
			most = other
		}
	}
	if most == client {
		return conn
	}
	for other, state := range c.clients[most] {
		conn = other
		if state != http.StateActive {
			break
		}
	}
	return conn
}

func (c *connections) remove(client netip.Addr, conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	delete(c.clients[client], conn)
	if len(c.clients[client]) == 0 {
		delete(c.clients, client)
	}
}
