// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// installation is a place where a host has nvidia-smi.
type installation struct {
	root      string   // of the system that it belongs to, "" for the host's own
	directory string   // below root
	libraries []string // below root, besides those of the system
}

// installations returns the places where systems keep nvidia-smi, in the order
// in which they are tried.
func installations() []installation {
	beside := func(directory string) installation {
		return installation{directory: directory + "/bin", libraries: []string{directory + "/lib64", directory + "/lib"}}
	}
	return []installation{
		{directory: "/usr/bin"},
		{directory: "/usr/bin", root: operatorDriver},
		beside("/home/kubernetes/bin/nvidia"), // GKE on COS
		beside("/var/lib/nvidia"),             // COS elsewhere
		beside("/usr/local/nvidia"),
		beside("/opt/nvidia"), // Flatcar and other systems with a /usr that nobody writes to, as also the next three
		beside("/opt/nvidia/current"),
		{directory: "/opt/nvidia/current/usr/bin"},
		{directory: "/opt/bin"},
		{directory: "/usr/sbin"},
		{directory: "/usr/local/bin", libraries: []string{"/usr/local/glibc/usr/lib"}}, // Talos
		{directory: "/bin"},
		{directory: "/sbin"},
		{directory: "/usr/lib/wsl/lib", libraries: []string{"/usr/lib/wsl/lib"}},
		{directory: "/usr/libexec/nvidia/tesla/bin", libraries: []string{"/usr/lib/nvidia/tesla"}}, // Bottlerocket
		{directory: "/run/current-system/sw/bin"},                                                  // NixOS
	}
}

// operatorDriver is the root of the GPU Operator's driver container.
const operatorDriver = "/run/nvidia/driver"

// hostSMI returns the command that runs the host's nvidia-smi, or nil where it
// has none.
func hostSMI(ctx context.Context, host *files) (*exec.Cmd, error) {
	for _, i := range installations() {
		if host.exists(i.program()) {
			return i.command(ctx, host)
		}
	}
	return nil, nil
}

func (i installation) program() string { return path.Join("/", i.root, i.directory, "nvidia-smi") }

// smiDirectories returns the places in words.
func smiDirectories() []string {
	var directories []string
	for _, i := range installations() {
		directories = append(directories, path.Dir(i.program()))
	}
	return directories
}

// command runs nvidia-smi by the dynamic loader of the root that it belongs to,
// and with the libraries of that root: those of the container that this process
// may be in are of another system, if there are any. That needs no privilege, as
// chroot would.
func (i installation) command(ctx context.Context, host *files) (*exec.Cmd, error) {
	program, err := host.outside(i.program())
	if err != nil {
		return nil, err
	}
	arguments := []string{program, "-q", "-x"}
	if !host.local || i.root != "" || len(i.libraries) > 0 {
		if loader := i.first(host, "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"); loader != "" {
			arguments = append([]string{loader, "--library-path", i.libraryPath(host)}, arguments...)
		}
	}
	return exec.CommandContext(ctx, arguments[0], arguments[1:]...), nil //nolint:gosec // the host's own tool
}

// first returns the first of the files that is there, as this process reaches
// it, or "".
func (i installation) first(host *files, names ...string) string {
	for _, name := range names {
		if name = path.Join("/", i.root, name); !host.exists(name) {
			continue
		}
		if outside, err := host.outside(name); err == nil {
			return outside
		}
	}
	return ""
}

func (i installation) libraryPath(host *files) string {
	var found []string
	for _, directory := range slices.Concat(i.libraries, systemLibraries()) {
		if outside := i.first(host, directory); outside != "" && !slices.Contains(found, outside) {
			found = append(found, outside)
		}
	}
	return strings.Join(found, ":")
}

// systemLibraries returns the directories of libraries that systems have.
func systemLibraries() []string {
	return []string{
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
		"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/lib",
	}
}
