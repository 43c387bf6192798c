// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func address(last byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, last}) }

// TestOneClientDoesNotFillTheWorkshop has a client wait with as many documents
// as it may, and another come after it.
func TestOneClientDoesNotFillTheWorkshop(t *testing.T) {
	t.Parallel()
	w := newWorkshop(1, 100)
	greedy, other := address(1), address(2)
	leave, ok := w.enter(context.Background(), greedy, 1)
	if !ok {
		t.Fatal("an empty workshop is full")
	}
	var turns []*turn
	for range maxWaiting - 1 {
		turn, ok := w.queue(greedy, 1)
		if !ok {
			t.Fatal("a client may not wait with as many as it may")
		}
		turns = append(turns, turn)
	}
	if _, ok := w.enter(context.Background(), greedy, 1); ok {
		t.Error("one request too many was let in")
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, ok := w.enter(gone, other, 1); ok {
		t.Error("entered a full workshop")
	}
	for _, turn := range turns {
		w.giveUp(greedy, turn)
	}
	leave()
	leave, ok = w.enter(context.Background(), other, 1)
	if !ok {
		t.Fatal("an empty workshop is full")
	}
	leave()
	if len(w.lines) != 0 || len(w.turns) != 0 || w.free != 1 || w.memory != 100 {
		t.Errorf("remembered are %d lines and %v, %d places are free", len(w.lines), w.turns, w.free)
	}
}

// TestClientsTakeTurns has one client come with all that it may before others
// come with little.
func TestClientsTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorkshop(1, 100)
	names := map[*turn]string{}
	for _, client := range []byte{1, 1, 1, 1, 2, 2, 3} {
		turn, ok := w.queue(address(client), 1)
		if !ok {
			t.Fatal("refused")
		}
		names[turn] = fmt.Sprint(client)
	}
	var order []string
	for len(names) > 0 {
		for turn, name := range names {
			select {
			case <-turn.come:
				order = append(order, name)
				delete(names, turn)
				w.leave(address(name[0]-'0'), turn)
			default:
			}
		}
	}
	if diff := cmp.Diff([]string{"1", "1", "2", "3", "1", "2", "1"}, order); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
}

// TestGivingUpAPlace gives up in the moment in which the place is given.
func TestGivingUpAPlace(t *testing.T) {
	t.Parallel()
	w := newWorkshop(1, 100)
	turn, _ := w.queue(address(1), 1)
	<-turn.come
	next, _ := w.queue(address(2), 1)
	w.giveUp(address(1), turn)
	select {
	case <-next.come:
	default:
		t.Error("the place is lost")
	}
}

// TestMemoryOfAWorkshop has places for many, and memory for few: what needs most of
// it comes in its turn, and nobody passes it.
func TestMemoryOfAWorkshop(t *testing.T) {
	t.Parallel()
	w := newWorkshop(10, 100)
	come := func(turns ...*turn) (names string) {
		for i, turn := range turns {
			select {
			case <-turn.come:
				names += fmt.Sprint(i)
			default:
			}
		}
		return names
	}
	a, _ := w.queue(address(1), 60)
	b, _ := w.queue(address(2), 90)
	c, _ := w.queue(address(3), 30)
	if got := come(a, b, c); got != "0" {
		t.Errorf("first have come %q", got)
	}
	w.leave(address(1), a)
	if got := come(b, c); got != "0" {
		t.Errorf("then have come %q", got)
	}
	d, _ := w.queue(address(4), 80)
	e, _ := w.queue(address(5), 10)
	w.giveUp(address(3), c)
	w.giveUp(address(4), d)
	if got := come(e); got != "0" {
		t.Error("one that gives up keeps out those after it")
	}
	w.leave(address(2), b)
	w.leave(address(5), e)
	if w.free != 10 || w.memory != 100 || len(w.lines) != 0 {
		t.Errorf("%d places and %d bytes are free", w.free, w.memory)
	}
}

// TestBodyBudget has many clients take as many large bodies as they get, and
// others come with small ones.
func TestBodyBudget(t *testing.T) {
	t.Parallel()
	const large = 1000
	b := newBodyBudget(large)
	got := map[byte]int{}
	for client := range byte(10) {
		for b.take(address(client), large) {
			got[client]++
		}
	}
	if diff := cmp.Diff(map[byte]int{0: maxClientBodies, 1: maxClientBodies, 2: maxClientBodies, 3: 3}, got); diff != "" {
		t.Errorf("large bodies by client (-want +got):\n%s", diff)
	}
	if !b.take(address(4), large/2) || b.take(address(0), 1) || b.take(address(5), large/2) {
		t.Error("a small body finds no place, or a client more than its share")
	}
	b.giveBack(address(4), large/2)
	b.giveBack(address(0), large)
	if !b.take(address(5), large) || len(b.clients) != 5 {
		t.Errorf("what was given back is not there; taken are %v", b.clients)
	}
}

// stalled is a body of which no byte comes until it is cut off.
type stalled struct {
	started sync.Once
	reading func()
	cut     chan struct{}
}

func (s *stalled) Read([]byte) (int, error) {
	s.started.Do(s.reading)
	<-s.cut
	return 0, io.ErrUnexpectedEOF
}

// TestStalledBodiesAreBounded has clients send bodies that never arrive, with
// and without their length: one more of theirs is refused before it is read, the
// bodies of others are not, and all is given back in the end.
func TestStalledBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t, unlimited)
	var reading, requests sync.WaitGroup
	cut := make(chan struct{})
	stall := func(from string, length int64) int {
		r := request(http.MethodPost, "/v1/recipe", "", "Content-Type", typeYAML)
		r.Body = io.NopCloser(&stalled{reading: reading.Done, cut: cut})
		r.ContentLength, r.RemoteAddr = length, from
		w := silent()
		s.ServeHTTP(w, r)
		return w.status
	}
	for i := range maxClientBodies {
		length := s.options.MaxBody
		if i%2 == 0 {
			length = -1 // in chunks
		}
		reading.Add(1)
		requests.Go(func() {
			if status := stall("198.51.100.1:1", length); status != http.StatusBadRequest {
				t.Errorf("a body that was cut off: got %d", status)
			}
		})
	}
	reading.Wait()
	r := request(http.MethodPost, "/v1/recipe", snapshotYAML, "Content-Type", typeYAML)
	r.RemoteAddr = "198.51.100.1:2"
	resp, body := send(t, s, r)
	if p := problemOf(t, body); resp.StatusCode != http.StatusServiceUnavailable || !p.Retryable || resp.Header.Get("Connection") != "close" {
		t.Errorf("one body too many: got %s: %s", resp.Status, body)
	}
	post(t, s, "/v1/recipe?service=eks", snapshotYAML)
	close(cut)
	requests.Wait()
	r = request(http.MethodPost, "/v1/recipe?service=eks", snapshotYAML, "Content-Type", typeYAML)
	r.RemoteAddr = "198.51.100.1:3"
	if resp, body := send(t, s, r); resp.StatusCode != http.StatusOK || s.bodies.taken != 0 || len(s.bodies.clients) != 0 {
		t.Errorf("after it all: got %s: %s; %d bytes are taken", resp.Status, body, s.bodies.taken)
	}
	_, metrics := get(t, s, "/metrics")
	if want := `eidos_http_requests_rejected_total{reason="busy"} 1`; !strings.Contains(string(metrics), want) {
		t.Errorf("the metrics lack %s", want)
	}
}

// TestBodiesTakeWhatTheySay measures nothing but the buffer of one body.
func TestBodiesTakeWhatTheySay(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	body := strings.Repeat("#", 100_000)
	data, err := s.readDocument(silent(), request(http.MethodPost, "/v1/recipe", body), typeYAML)
	if err != nil || string(data) != body || cap(data) > 120_000 {
		t.Errorf("got %d bytes in %d, %v", len(data), cap(data), err)
	}
}

// TestWorkOfManyClients has more clients than places.
func TestWorkOfManyClients(t *testing.T) {
	t.Parallel()
	w := newWorkshop(2, 100)
	var all sync.WaitGroup
	errs := make(chan error, 64)
	for i := range byte(64) {
		all.Go(func() {
			leave, ok := w.enter(context.Background(), address(i%16), 1)
			if !ok {
				errs <- errors.New("turned away")
				return
			}
			runtime.Gosched()
			leave()
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if w.free != 2 || w.memory != 100 || len(w.lines) != 0 {
		t.Errorf("%d places are free, remembered are %d clients", w.free, len(w.lines))
	}
}
