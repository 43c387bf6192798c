// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks whose X-Forwarded-For is believed.
type proxies []netip.Prefix

func (p proxies) trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// client returns the address that a request comes from: the peer's, or, behind
// trusted proxies, the last one in X-Forwarded-For that is not a trusted
// proxy's. What a client wrote into the header itself stands further left and is
// never read. The zero Addr is a peer without an address.
func (p proxies) client(r *http.Request) netip.Addr {
	address := parseAddress(r.RemoteAddr)
	if !p.trust(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next := parseAddress(strings.TrimSpace(hop))
		if !next.IsValid() {
			break
		}
		address = next
		if !p.trust(address) {
			break
		}
	}
	return address
}

// parseAddress reads an address with or without a port; IPv4 in one form.
func parseAddress(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// household returns what counts as one client: an IPv4 address, or the /64 of
// an IPv6 address, all of which one machine can use.
func household(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	network, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return network.Addr()
}
