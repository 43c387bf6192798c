// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

const requestIDHeader = "X-Request-Id"

// identified gives every answer a request ID: the client's own when it is a
// UUID, else a new one. Anything else that a client sends would end in logs.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !isUUID(id) {
			id = newUUID()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r)
	})
}

// Places of the dashes in a UUID and its length, RFC 9562.
const uuidLength = 36

func uuidDashes() [4]int { return [4]int{8, 13, 18, 23} }

func isUUID(text string) bool {
	if len(text) != uuidLength {
		return false
	}
	for _, i := range uuidDashes() {
		if text[i] != '-' {
			return false
		}
	}
	digits, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	return err == nil && len(digits) == 16
}

// newUUID returns a random UUID, version 4.
func newUUID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	random[6] = random[6]&0x0f | 0x40
	random[8] = random[8]&0x3f | 0x80
	digits := hex.EncodeToString(random[:])
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}
