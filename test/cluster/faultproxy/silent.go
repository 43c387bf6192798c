// SPDX-License-Identifier: Apache-2.0

package faultproxy

import (
	"io"
	"net"
	"testing"
)

// Silent accepts connections, reads what comes and never says a word, not even of
// TLS. It returns https://127.0.0.1:<port>.
func Silent(tb testing.TB) string {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go func() {
				_, _ = io.Copy(io.Discard, connection)
				_ = connection.Close()
			}()
		}
	}()
	return "https://" + listener.Addr().String()
}
