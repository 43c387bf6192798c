// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const sysctlRoot = "/proc/sys"

// readSysctl reads the kernel's parameters. A key is the path, such as
// /proc/sys/vm/swappiness, and the reading the text of the file, also where that
// is a number: some hold several, and recipes say it as text too. Columns are
// separated by one blank, lines by a line break. sysctlLeftOut says what is not
// read.
func readSysctl(ctx context.Context, host *files) (map[string]data, error) {
	root, err := host.directory(sysctlRoot)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only read
	w := sysctlWalk{found: data{}}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		key := path.Join(sysctlRoot, name)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil: // what belongs to a device or a module may go at any moment
			w.skip(hostError(key, err))
		case sysctlLeftOut(name, host.local) && entry.IsDir():
			return fs.SkipDir
		case !sysctlLeftOut(name, host.local) && isReadable(entry):
			w.file(root, name, key)
		}
		return nil
	})
	if w.unread > 0 {
		host.note(fmt.Sprintf("%d of %d values could not be read and are left out; the first: %v", w.unread, w.unread+len(w.found), w.first))
	}
	return map[string]data{"sysctl": w.found}, err
}

type sysctlWalk struct {
	found  data
	unread int
	first  error // of those unread
}

// isReadable recognizes files that are not mere triggers, which can only be
// written to.
func isReadable(entry fs.DirEntry) bool {
	const readable = 0o444
	info, err := entry.Info()
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&readable != 0
}

func (w *sysctlWalk) file(directory *os.Root, name, key string) {
	content, err := readFile(directory, name)
	if err != nil {
		w.skip(hostError(key, err))
		return
	}
	w.found[key] = measurement.Str(columns(validText(content)))
}

// skip counts a value that cannot be read. One that has gone does not count.
func (w *sysctlWalk) skip(err error) {
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if w.unread == 0 {
		w.first = err
	}
	w.unread++
}

// columns returns the lines of a text with one blank between their words.
func columns(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// sysctlLeftOut reports whether a path below /proc/sys is not read: two
// snapshots of an unchanged node are to be equal, and none is to hold a secret.
// Below a host root other than this process's own, what the kernel keeps for
// each IPC namespace is not read either: it would be the reader's.
func sysctlLeftOut(name string, local bool) bool {
	return ofInterface(name) || matchesAny(name, sysctlPatterns()) || !local && matchesAny(name, ipcPatterns())
}

func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, name)
		return matched && err == nil
	})
}

// ofInterface recognizes the parameters of one network interface, which come
// and go with pods: net/ipv4/conf/eth0. Those of all and of the default stay.
func ofInterface(name string) bool {
	directory, last := path.Split(name)
	return last != "all" && last != "default" && matchesAny(directory, []string{"net/*/conf/", "net/*/neigh/"})
}

// sysctlPatterns are those of path.Match; a directory stands for all below it.
func sysctlPatterns() []string {
	return []string{
		// Random numbers: different at each reading, or at each boot.
		"kernel/random",
		// Counters. The warnings are counted down.
		"fs/aio-nr", "fs/dentry-state", "fs/file-nr", "fs/inode-nr", "fs/inode-state", "fs/quota", "lnet",
		"kernel/hung_task_detect_count", "kernel/hung_task_warnings", "kernel/ns_last_pid", "kernel/pty/nr", "kernel/spl",
		"net/netfilter/nf_conntrack_count", "sunrpc/svc_rdma/rdma_stat_*",
		// What the kernel adapts by itself.
		"kernel/perf_event_max_sample_rate", "kernel/sched_domain",
		// One-time requests of checkpoint and restore.
		"kernel/msg_next_id", "kernel/sem_next_id", "kernel/shm_next_id",
		// Triggers: reading does something, such as mounting a file system, or
		// says nothing.
		"fs/binfmt_misc", "fs/xfs/stats_clear", "vm/stat_refresh",
		// Names of the reader's own namespace; the snapshot's metadata has the
		// host's.
		"kernel/domainname", "kernel/hostname",
		// Secrets.
		"net/core/netdev_rss_key", "net/ipv4/tcp_fastopen_key", "net/ipv6/conf/*/stable_secret",
		// Inventories of drives and ports.
		"dev/cdrom", "dev/parport",
	}
}

// ipcPatterns are the parameters of the IPC namespace, ipc_namespaces(7).
func ipcPatterns() []string {
	return []string{"fs/mqueue", "kernel/auto_msgmni", "kernel/msg*", "kernel/sem", "kernel/shm*"}
}
