// SPDX-License-Identifier: Apache-2.0

package server

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// maxClients bounds the clients whose requests are counted, in each of two
// generations. A client that is forgotten starts with a full burst.
const maxClients = 1 << 15

// limiter allows every client a number of requests a second.
type limiter struct {
	rate    int
	burst   int
	clients *generations[netip.Addr, *rate.Limiter]
}

func newLimiter(perSecond, burst int) *limiter {
	return &limiter{rate: perSecond, burst: burst, clients: newGenerations[netip.Addr, *rate.Limiter](maxClients)}
}

// verdict is what the limiter says about a request.
type verdict struct {
	allowed   bool
	remaining int       // requests that would be allowed at once
	reset     time.Time // when the whole burst is allowed again
}

// judge counts requests of a client: 1, or 0 to only look.
func (l *limiter) judge(client netip.Addr, now time.Time, requests int) verdict {
	bucket := l.clients.getOr(household(client), func() *rate.Limiter { return rate.NewLimiter(rate.Limit(l.rate), l.burst) })
	v := verdict{allowed: bucket.AllowN(now, requests)}
	tokens := max(bucket.TokensAt(now), 0)
	v.remaining = int(tokens)
	missing := (float64(l.burst) - tokens) / float64(l.rate)
	v.reset = now.Add(time.Duration(missing * float64(time.Second)))
	return v
}

// limited refuses the requests of a client that sends too many. Where free, they
// are neither counted nor refused: the probes of an orchestrator come from the
// address of a node that clients may share.
func (s *Server) limited(free bool, next http.Handler) http.Handler {
	if s.limiter.rate == 0 {
		return next
	}
	requests := 1
	if free {
		requests = 0
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.limiter.judge(s.proxies.client(r), s.now(), requests)
		h := w.Header()
		h.Set("X-Ratelimit-Limit", strconv.Itoa(s.limiter.rate))
		h.Set("X-Ratelimit-Remaining", strconv.Itoa(v.remaining))
		h.Set("X-Ratelimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(v.reset.UnixMilli())/1000)), 10))
		if !v.allowed {
			s.metrics.rejected.add(reasonRateLimit, 1)
			s.refuse(w, r, busy(http.StatusTooManyRequests, codeRateLimit, "too many requests from this address; wait and try again"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
