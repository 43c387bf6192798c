// SPDX-License-Identifier: Apache-2.0

// Command eidos takes snapshots of GPU nodes and clusters, makes recipes of
// them, and renders bundles that install what a recipe says.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"k8s.io/klog/v2"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// The linker sets these in a release: its version, and the digest of the image of this
// command that was published with it.
var (
	version     = "dev"
	imageDigest = "" //nolint:gochecknoglobals // the linker sets no other thing
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOGC") == "" && !slices.Contains(os.Args, "serve") {
		// Collections are a seventh of the time of eidos bundle, and a command
		// ends before the memory is missed.
		debug.SetGCPercent(400)
	}
	// client-go logs errors that it returns as well, and those are reported.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	// The first signal ends the work in good order, the second one at once.
	context.AfterFunc(ctx, stop)
	return cli.Run(ctx, cli.Process{
		Args:        os.Args[1:],
		Stdin:       os.Stdin,
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		Getenv:      os.Getenv,
		Environ:     os.Environ,
		Now:         time.Now, //nolint:forbidigo // the time of creation in the documents that are written
		Tick:        time.Tick,
		Version:     version,
		ImageDigest: imageDigest,
	})
}
