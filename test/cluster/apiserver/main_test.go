// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// helperVariable makes the test binary start a server, print where it listens and
// wait to be killed.
const helperVariable = "APISERVER_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		fmt.Fprintln(os.Stderr, serveUntilKilled())
		os.Exit(1)
	}
	os.Exit(Main(m, func(s *Server) { server = s }))
}

// serveUntilKilled returns only with an error.
func serveUntilKilled() error {
	s, err := Start()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, strings.TrimPrefix(s.URL(), "https://"), s.plane.Etcd.URL.Host, s.dir)
	if err != nil {
		return err
	}
	select {}
}
