// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// caller sends requests to a server from one address of this machine.
type caller struct {
	server string
	dialer net.Dialer
	http   *http.Client
}

// client returns a caller with an address of its own.
func client(server string, number int) *caller {
	const first = 2                                                                                                        // 127.0.0.1 is the server's
	c := &caller{server: server, dialer: net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(first+number))}}} //nolint:gosec // far fewer than 256
	c.http = &http.Client{Transport: &http.Transport{DialContext: c.dialer.DialContext}, Timeout: time.Minute}
	return c
}

// send sends a document, or asks without one, and returns status and answer.
func (c *caller) send(ctx context.Context, method, target, body string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.server+target, strings.NewReader(body)) //nolint:gosec // the server is one that this program started
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/yaml")
	resp, err := c.http.Do(r) //nolint:gosec // the address is this machine's
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// hold opens a connection, sends a text and reads nothing until the server, a few
// seconds or the context end it.
func (c *caller) hold(ctx context.Context, text string) error {
	const patience = 3 * time.Second
	conn, err := c.dialer.DialContext(ctx, "tcp", c.server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(1) // the kernel takes the least that it can
	}
	_, err = io.WriteString(conn, text)
	select {
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return err
}

// counts says what the requests of attackers came to.
type counts struct {
	mu       sync.Mutex
	statuses map[string]map[int]int // by attack; 0 is no answer
	wrong    int
}

func (c *counts) add(attack string, status int, wrong bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.statuses == nil {
		c.statuses = map[string]map[int]int{}
	}
	if c.statuses[attack] == nil {
		c.statuses[attack] = map[int]int{}
	}
	c.statuses[attack][status]++
	if wrong {
		c.wrong++
	}
}

func (c *counts) print(out io.Writer) {
	total := 0
	for _, attack := range slices.Sorted(maps.Keys(c.statuses)) {
		_, _ = fmt.Fprintf(out, "%-22s", attack)
		for _, status := range slices.Sorted(maps.Keys(c.statuses[attack])) {
			_, _ = fmt.Fprintf(out, " %d: %d", status, c.statuses[attack][status])
			total += c.statuses[attack][status]
		}
		_, _ = fmt.Fprintln(out)
	}
	_, _ = fmt.Fprintf(out, "requests of attackers: %d\n", total)
}

// others ask for what the server is for, and know the answers.
type others struct {
	callers []*caller
	recipe  string
	bundle  [sha256.Size]byte

	asked           int
	mu              sync.Mutex
	answered, wrong int
	lost            []string // why others were not answered
}

const recipeTarget = "/v1/recipe?service=eks&os=ubuntu&gpu=h100&intent=training&k8s=1.34"

// newOthers asks before there is an attack.
func newOthers(ctx context.Context, server string) (*others, error) {
	const first, count = 200, 4 // above those of attackers
	o := &others{}
	for i := range count {
		o.callers = append(o.callers, client(server, first+i))
	}
	status, recipe, err := o.callers[0].send(ctx, http.MethodGet, recipeTarget, "")
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("asking for a recipe: %d, %w", status, err)
	}
	status, bundle, err := o.callers[0].send(ctx, http.MethodPost, "/v1/bundle", string(recipe))
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("asking for a bundle: %d, %w", status, err)
	}
	o.recipe, o.bundle = string(recipe), sha256.Sum256(bundle)
	return o, nil
}

// ask asks 10 times a second, one after the other and in turns for a recipe and for
// a bundle of it, whether or not earlier answers have come.
func (o *others) ask(ctx context.Context) {
	ticker := time.NewTicker(time.Second / 10) //nolint:mnd // see above
	defer ticker.Stop()
	var asking sync.WaitGroup
	defer asking.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		o.asked++
		from, bundle := o.callers[o.asked/2%len(o.callers)], o.asked%2 == 0
		asking.Go(func() { o.askOnce(context.WithoutCancel(ctx), from, bundle) })
	}
}

func (o *others) askOnce(ctx context.Context, from *caller, bundle bool) {
	method, target, body := http.MethodGet, recipeTarget, ""
	if bundle {
		method, target, body = http.MethodPost, "/v1/bundle", o.recipe
	}
	status, answer, err := from.send(ctx, method, target, body)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil || status != http.StatusOK {
		o.lost = append(o.lost, fmt.Sprintf("%s: %d, %v, %.300s", target, status, err, answer))
		return
	}
	o.answered++
	if right := string(answer) == o.recipe || sha256.Sum256(answer) == o.bundle; !right {
		o.wrong++
	}
}
