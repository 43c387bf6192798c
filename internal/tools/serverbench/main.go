// SPDX-License-Identifier: Apache-2.0

// Command serverbench is what scripts/bench-server.sh measures an eidos server
// with, next to wrk:
//
//	serverbench bare URL LISTEN    serves the answer to URL with a bare net/http handler
//	serverbench paced URL          asks 100 times a second for 30 seconds and reports the latencies
//	serverbench distinct URL N     asks N different questions, of which each needs a new answer
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "serverbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 3 && args[0] == "bare":
		return bare(ctx, args[1], args[2])
	case len(args) == 2 && args[0] == "paced":
		return paced(ctx, args[1])
	case len(args) == 3 && args[0] == "distinct":
		count, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return distinct(ctx, args[1], count)
	default:
		return errors.New("usage: serverbench bare URL LISTEN | paced URL | distinct URL N")
	}
}

// fetch returns the answer to a URL and its media type.
func fetch(ctx context.Context, url string) (media string, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil) //nolint:gosec // whoever runs this chooses the URL
	if err != nil {
		return "", nil, err
	}
	resp, err := http.DefaultClient.Do(r) //nolint:gosec // as above
	if err != nil {
		return "", nil, err
	}
	body, err = io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", url, resp.Status)
	}
	return resp.Header.Get("Content-Type"), body, errors.Join(err, resp.Body.Close())
}

// bare answers every request with the same bytes and type.
func bare(ctx context.Context, url, listen string) error {
	media, body, err := fetch(ctx, url)
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr: listen, ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = w.Write(body) //nolint:gosec // a JSON document, on loopback
		}),
	}
	return server.ListenAndServe()
}

// paced reports the quantiles of the latency at a rate that is not a load.
func paced(ctx context.Context, url string) error {
	const requests = 3000
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	took := make([]time.Duration, requests)
	for i := range took {
		start := <-ticker.C
		if _, _, err := fetch(ctx, url); err != nil {
			return err
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	_, err := fmt.Fprintf(os.Stdout, "100 requests/s: p50 %v, p99 %v, slowest %v\n", took[requests/2], took[requests*99/100], took[requests-1])
	return err
}

// distinct asks with a kernel version that nobody asked for before.
func distinct(ctx context.Context, url string, count int) error {
	start := time.Now() //nolint:forbidigo // measures
	for i := range count {
		if _, _, err := fetch(ctx, url+"&kernel=6.8."+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(os.Stdout, "%d distinct queries, one after the other: %v each\n", count, time.Since(start)/time.Duration(count))
	return err
}
