// SPDX-License-Identifier: Apache-2.0

package node

import (
	"path"
	"slices"
)

// sysctlLeftOut reports whether a path below /proc/sys is not read: two
// snapshots of an unchanged node shall be equal, and none shall hold a secret.
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

// ofInterface recognises the parameters of one network interface, which come
// and go with pods: net/ipv4/conf/eth0. Those of all and of the default stay.
func ofInterface(name string) bool {
	directory, last := path.Split(name)
	if last == "all" || last == "default" {
		return false
	}
	for _, kind := range []string{"net/*/conf/", "net/*/neigh/"} {
		if matched, err := path.Match(kind, directory); matched && err == nil {
			return true
		}
	}
	return false
}

// sysctlPatterns are those of path.Match; a directory stands for all below it.
func sysctlPatterns() []string {
	return []string{
		// Random numbers: other ones at each reading, or at each boot.
		"kernel/random",
		// Counters.
		"fs/aio-nr",
		"fs/dentry-state",
		"fs/file-nr",
		"fs/inode-nr",
		"fs/inode-state",
		"fs/quota",
		"kernel/hung_task_detect_count",
		"kernel/hung_task_warnings", // counts down
		"kernel/ns_last_pid",
		"kernel/pty/nr",
		"kernel/spl",
		"lnet",
		"net/netfilter/nf_conntrack_count",
		"sunrpc/svc_rdma/rdma_stat_*",
		// What the kernel adapts by itself.
		"kernel/perf_event_max_sample_rate",
		"kernel/sched_domain",
		// One-time requests of checkpoint and restore.
		"kernel/msg_next_id",
		"kernel/sem_next_id",
		"kernel/shm_next_id",
		// Triggers: reading does something, or tells nothing.
		"fs/binfmt_misc", // mounts a file system
		"fs/xfs/stats_clear",
		"vm/stat_refresh",
		// Names of the reader's own namespace; the snapshot's metadata has the
		// host's.
		"kernel/domainname",
		"kernel/hostname",
		// Secrets.
		"net/core/netdev_rss_key",
		"net/ipv4/tcp_fastopen_key",
		"net/ipv6/conf/*/stable_secret",
		// Inventories of drives and ports.
		"dev/cdrom",
		"dev/parport",
	}
}

// ipcPatterns are the parameters of the IPC namespace, ipc_namespaces(7).
func ipcPatterns() []string {
	return []string{
		"fs/mqueue",
		"kernel/auto_msgmni",
		"kernel/msg*",
		"kernel/sem",
		"kernel/shm*",
	}
}
