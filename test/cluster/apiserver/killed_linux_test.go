// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

func TestKilledTestsLeaveNoServers(t *testing.T) {
	t.Parallel()
	helper := exec.CommandContext(t.Context(), os.Args[0])
	helper.Env = append(os.Environ(), helperVariable+"=1")
	helper.Stderr = os.Stderr
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	var address, etcd, dir string
	if _, err := fmt.Fscanln(bufio.NewReader(stdout), &address, &etcd, &dir); err != nil {
		t.Fatalf("the helper said nothing: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if !listens(t.Context(), address) || !listens(t.Context(), etcd) {
		t.Fatal("the servers do not listen")
	}

	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // killed
	err = wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		return !listens(ctx, address) && !listens(ctx, etcd), nil
	})
	if err != nil {
		t.Error("a server outlives the tests")
	}
}

func listens(ctx context.Context, address string) bool {
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}
