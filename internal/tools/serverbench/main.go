// SPDX-License-Identifier: Apache-2.0

// Command serverbench is the bare net/http handler with which
// scripts/bench-server.sh compares an eidos server: serverbench URL LISTEN serves
// the answer to URL, whatever is asked.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "serverbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 { //nolint:mnd // URL and LISTEN
		return errors.New("usage: serverbench URL LISTEN")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil) //nolint:gosec // whoever runs this chooses the URL
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r) //nolint:gosec // as above
	if err != nil {
		return err
	}
	media := resp.Header.Get("Content-Type")
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", args[0], resp.Status)
	}
	server := &http.Server{
		Addr: args[1], ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = w.Write(body)
		}),
	}
	return server.ListenAndServe()
}
