// SPDX-License-Identifier: Apache-2.0

// Code generated from data by make catalog. DO NOT EDIT.

package recipe

import "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"

func embeddedCatalog() *Catalog {
	l0 := &layer{name: "base", conditions: nil}
	l0.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "cdi"}, name: "K8s/config/cdi", value: measurement.Bool(true), context: "The chart's default from v25.10.0 on; stated so that v25.3 behaves the same", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "compute_domains"}, name: "K8s/config/compute_domains", value: measurement.Bool(false), context: "Only multi-node NVLink racks need IMEX domains", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "confidential_computing"}, name: "K8s/config/confidential_computing", value: measurement.Bool(false), context: "Needs SEV-SNP or TDX hosts and sandboxed workloads, so no recipe turns it on by itself", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "critical_pod_quota"}, name: "K8s/config/critical_pod_quota", value: measurement.Bool(false), context: "Only GKE limits where system-critical pods may run", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("operator"), context: "The operator's driver container installs and upgrades the driver on plain node images", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gdrcopy"}, name: "K8s/config/gdrcopy", value: measurement.Bool(true), context: "Low-latency copies between CPU and GPU memory for NCCL, UCX and NVSHMEM; needs a driver that the operator installs", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gds"}, name: "K8s/config/gds", value: measurement.Bool(false), context: "Off unless asked for; it needs open kernel modules, an operator-managed driver and a prepared file system", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Whole GPUs; partitioning them is a decision about the workload, not about the platform", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_profile"}, name: "K8s/config/mig_profile", value: measurement.Str("all-disabled"), context: "Node label that keeps every GPU whole; other names depend on the memory size, which the GPU model alone does not tell", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_strategy"}, name: "K8s/config/mig_strategy", value: measurement.Str("single"), context: "Identical slices keep the plain nvidia.com/gpu resource name, and it has no effect while MIG is off", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_with_reboot"}, name: "K8s/config/mig_with_reboot", value: measurement.Bool(false), context: "Bare metal switches MIG mode with a GPU reset; cloud virtual machines need the node to restart (inferred)", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(false), context: "Off until a platform layer knows the nodes' NICs", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "secure_boot"}, name: "K8s/config/secure_boot", value: measurement.Bool(false), context: "The driver container builds unsigned modules; signed nodes need precompiled or preinstalled drivers (inferred)", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_source"}, name: "K8s/config/toolkit_source", value: measurement.Str("operator"), context: "The operator installs the container toolkit and configures the runtime for it", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(false), context: "Left to the driver, which picks open or proprietary modules by GPU; needs 570.86.15 or newer", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "vgpu"}, name: "K8s/config/vgpu", value: measurement.Bool(false), context: "Passthrough or bare-metal GPUs; vGPU guests need a licensed driver from a private registry", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", value: measurement.Str("network-operator-v26.4.1"), context: "The macvlan and host-device plugins that secondary networks need; tagged after the operator release", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-toolkit"}, name: "K8s/image/container-toolkit", value: measurement.Str("v1.20.0"), context: "Toolkit of v26.7.0; from 1.18 on the tag has no OS suffix", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm"}, name: "K8s/image/dcgm", value: measurement.Str("4.6.0-1-ubuntu24.04"), context: "Host engine of v26.7.0; since 4.6 its image is built on Ubuntu 24.04, hence the suffix", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm-exporter"}, name: "K8s/image/dcgm-exporter", value: measurement.Str("4.6.0-4.8.3-distroless"), context: "Metrics exporter of v26.7.0; a tag needs DCGM version, exporter version and flavour, or no image is found", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "driver"}, name: "K8s/image/driver", value: measurement.Str("595.91.07"), context: "Branch 595, the driver that v26.7.0 installs by default", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gdrdrv"}, name: "K8s/image/gdrdrv", value: measurement.Str("v2.6"), context: "Kernel module behind GDRCopy, in the release that v26.7.0 builds against branch 595", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gpu-operator"}, name: "K8s/image/gpu-operator", value: measurement.Str("v26.7.0"), context: "Newest release, and the only one NVIDIA calls current; it supports Kubernetes 1.33 to 1.36", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-device-plugin"}, name: "K8s/image/k8s-device-plugin", value: measurement.Str("v0.20.0"), context: "Device plugin of v26.7.0; GPU feature discovery runs from the same image, so both share this tag", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-driver-manager"}, name: "K8s/image/k8s-driver-manager", value: measurement.Str("v0.12.0"), context: "Drains GPU pods before a driver is replaced; the tag is the one of v26.7.0", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-mig-manager"}, name: "K8s/image/k8s-mig-manager", value: measurement.Str("v0.15.0"), context: "Applies the MIG layout named by a node label; the tag is the one of v26.7.0", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", value: measurement.Str("doca3.4.1-26.04-1.1.0.0-1"), context: "DOCA driver container that belongs to 26.4.1; the NicClusterPolicy webhook checks this form of tag", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", value: measurement.Str("network-operator-v26.4.1"), context: "Adds secondary interfaces to pods; a tag outside the release would get the wrong entry point", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", value: measurement.Str("26.4.1"), context: "Newest generally available release, for Kubernetes 1.31 to 1.35; NVIDIA validates GPUDirect RDMA of v26.7.0 with 26.1.0", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", value: measurement.Str("network-operator-v26.4.1"), context: "Labels nodes with NIC facts that policies select by; tagged after the operator release", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-dra-driver-gpu"}, name: "K8s/image/nvidia-dra-driver-gpu", value: measurement.Str("25.12.0"), context: "Chart for ComputeDomains; it refuses clusters older than Kubernetes 1.32", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-fs"}, name: "K8s/image/nvidia-fs", value: measurement.Str("2.29.4"), context: "GPUDirect Storage module of v26.7.0; loaded only where gds is on", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", value: measurement.Str("network-operator-v26.4.1"), context: "Hands out addresses of secondary networks; replaces whereabouts, which 25.10 removed", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", value: measurement.Str("network-operator-v26.4.1"), context: "Offers RDMA devices to pods that share a NIC; since 25.7 such images carry the operator's own tag", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", value: measurement.Str("network-operator-v26.4.1"), context: "Offers virtual functions or whole NICs to pods; tagged after the operator release", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "deploy_ofed"}, name: "K8s/network-config/deploy_ofed", value: measurement.Bool(false), context: "No DOCA driver container until a layer knows of Mellanox NICs that lack a driver", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "enable_sriov"}, name: "K8s/network-config/enable_sriov", value: measurement.Bool(false), context: "The SR-IOV operator rewires NICs, so it stays out until a platform is known to need it", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("none"), context: "No GPU fabric is assumed before the service is known", layer: l0},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "use_host_mofed"}, name: "K8s/network-config/use_host_mofed", value: measurement.Bool(false), context: "True only on images that already carry OFED; it excludes deploy_ofed", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "gdrdrv"}, name: "OS/kmod/gdrdrv", value: measurement.Bool(true), context: "Present once GDRCopy is on", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "nvidia"}, name: "OS/kmod/nvidia", value: measurement.Bool(true), context: "Core driver module; without it no GPU appears", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "nvidia_modeset"}, name: "OS/kmod/nvidia_modeset", value: measurement.Bool(true), context: "Loaded beside the core module on the reference nodes, although they drive no display", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "nvidia_uvm"}, name: "OS/kmod/nvidia_uvm", value: measurement.Bool(true), context: "Unified memory, which CUDA opens at start", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/fs/aio-max-nr"}, name: "OS/sysctl//proc/sys/fs/aio-max-nr", value: measurement.Str("65536"), context: "Kernel default, enough for the asynchronous reads of data loaders on the reference nodes", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/fs/file-max"}, name: "OS/sysctl//proc/sys/fs/file-max", value: measurement.Str("9223372036854775807"), context: "No node-wide cap on open files; containers are bounded by their own limits", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/fs/inotify/max_user_instances"}, name: "OS/sysctl//proc/sys/fs/inotify/max_user_instances", value: measurement.Str("65535"), context: "Raised far above the default 128, which log shippers and sidecars of dense nodes exhaust", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/fs/inotify/max_user_watches"}, name: "OS/sysctl//proc/sys/fs/inotify/max_user_watches", value: measurement.Str("524288"), context: "Room for kubelet, device plugins and training jobs that watch many files", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/fs/nr_open"}, name: "OS/sysctl//proc/sys/fs/nr_open", value: measurement.Str("1048576"), context: "Ceiling of open files for one process; data loaders with many shards come near it", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/pid_max"}, name: "OS/sysctl//proc/sys/kernel/pid_max", value: measurement.Str("4194304"), context: "Largest value of a 64-bit kernel, so that worker processes and threads do not run out of ids", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/sched_rt_period_us"}, name: "OS/sysctl//proc/sys/kernel/sched_rt_period_us", value: measurement.Str("1000000"), context: "Kernel default; real-time tasks are accounted for by the second", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/sched_rt_runtime_us"}, name: "OS/sysctl//proc/sys/kernel/sched_rt_runtime_us", value: measurement.Str("950000"), context: "Leaves 5 percent of each period to ordinary tasks, so a stuck real-time thread cannot freeze the node", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/shmall"}, name: "OS/sysctl//proc/sys/kernel/shmall", value: measurement.Str("18446744073692774399"), context: "Kernel default, in effect no limit on shared memory pages for NCCL between processes", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/shmmax"}, name: "OS/sysctl//proc/sys/kernel/shmmax", value: measurement.Str("18446744073692774399"), context: "Kernel default, in effect no limit on the size of one shared memory segment", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/dirty_background_ratio"}, name: "OS/sysctl//proc/sys/vm/dirty_background_ratio", value: measurement.Str("10"), context: "Starts writing checkpoints back early, before writers are stalled", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/dirty_ratio"}, name: "OS/sysctl//proc/sys/vm/dirty_ratio", value: measurement.Str("20"), context: "Kernel default; bounds the page cache that a checkpoint may dirty before its writer waits", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/max_map_count"}, name: "OS/sysctl//proc/sys/vm/max_map_count", value: measurement.Str("262144"), context: "Four times the default mappings for processes that pin many GPU and host buffers", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/overcommit_memory"}, name: "OS/sysctl//proc/sys/vm/overcommit_memory", value: measurement.Str("1"), context: "CUDA reserves far more address space than it uses; kubelet also expects this value", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/swappiness"}, name: "OS/sysctl//proc/sys/vm/swappiness", value: measurement.Str("60"), context: "Kernel default; has no effect on nodes without swap, as Kubernetes nodes usually are", layer: l0},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/zone_reclaim_mode"}, name: "OS/sysctl//proc/sys/vm/zone_reclaim_mode", value: measurement.Str("0"), context: "Takes memory from another NUMA node rather than stalling to free local pages", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "CPUAccounting"}, name: "SystemD/containerd.service/CPUAccounting", value: measurement.Bool(true), context: "Lets the node report the runtime's own CPU use apart from that of the pods", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "CPUQuotaPerSecUSec"}, name: "SystemD/containerd.service/CPUQuotaPerSecUSec", value: measurement.Uint(18446744073709551615), context: "No quota on the runtime; pods are limited through their own cgroups", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "Delegate"}, name: "SystemD/containerd.service/Delegate", value: measurement.Bool(true), context: "The runtime manages the cgroups below it, which systemd would otherwise reset", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "DelegateControllers"}, name: "SystemD/containerd.service/DelegateControllers", value: measurement.Str("[cpu cpuacct cpuset io blkio memory devices pids bpf-firewall bpf-devices bpf-foreign bpf-socket-bind]"), context: "All controllers, among them devices, through which containers are given GPUs", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "LimitCORE"}, name: "SystemD/containerd.service/LimitCORE", value: measurement.Uint(18446744073709551615), context: "No limit, so that a crash of a large process leaves a complete core", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "LimitNOFILE"}, name: "SystemD/containerd.service/LimitNOFILE", value: measurement.Uint(18446744073709551615), context: "No limit at the runtime, since containers inherit what it has", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "LimitNPROC"}, name: "SystemD/containerd.service/LimitNPROC", value: measurement.Uint(18446744073709551615), context: "No limit at the runtime; pod limits count processes instead", layer: l0},
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "TasksMax"}, name: "SystemD/containerd.service/TasksMax", value: measurement.Uint(18446744073709551615), context: "No limit, or image pulls and shims of a full node run into the systemd default", layer: l0},
	}
	l0.demands = nil
	l1 := &layer{name: "gpu=a100", conditions: []condition{
		condition{field: "gpu", index: 5, value: "a100"},
	}}
	l1.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Ampere"), context: "First generation with MIG", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "Sold on x86 hosts", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "memory"}, name: "GPU/device/memory", value: measurement.Str("40 GB or 80 GB"), context: "Two sizes with different MIG profiles, so a profile must name the one you have", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(true), context: "Up to seven slices of a GPU", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(true), context: "On 8-GPU and 16-GPU nodes; Fabric Manager runs on the host where the image brings the driver", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("any"), context: "Open and proprietary modules both drive Ampere", layer: l1},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("450.80.02"), context: "Oldest data center driver for A100 (inferred)", layer: l1},
	}
	l1.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 450.80.02", span: span{low: []uint64{
			450,
			80,
			2,
		}}}, layer: l1},
	}
	l2 := &layer{name: "gpu=b200", conditions: []condition{
		condition{field: "gpu", index: 5, value: "b200"},
	}}
	l2.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Blackwell"), context: "Blackwell on HGX boards", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "x86 hosts; the arm64 sibling is GB200", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "memory"}, name: "GPU/device/memory", value: measurement.Str("180 GB"), context: "As MIG counts it, all-7g.180gb", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(true), context: "Up to seven slices, the smallest of 23 GB", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(true), context: "Needs Fabric Manager and NVLSM, on the host where the image brings the driver", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("open"), context: "Blackwell runs on open modules alone (inferred)", layer: l2},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("570.133.20"), context: "NVIDIA's documented floor; the 570.124.06 that v25.3.0 installs is too old", layer: l2},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(true), context: "No proprietary modules exist for Blackwell (inferred)", layer: l2},
	}
	l2.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 570.133.20", span: span{low: []uint64{
			570,
			133,
			20,
		}}}, layer: l2},
	}
	l3 := &layer{name: "gpu=gb200", conditions: []condition{
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l3.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "addressing-mode"}, name: "GPU/device/addressing-mode", value: measurement.Str("ATS"), context: "CPU and GPU share page tables over NVLink-C2C; seen on the reference node", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Blackwell"), context: "Blackwell beside a Grace CPU", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("arm64"), context: "Every image on the node must exist for arm64, your own included", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "memory"}, name: "GPU/device/memory", value: measurement.Str("186 GB"), context: "As MIG would count it, 7g.186gb, were MIG possible", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(false), context: "Only with coherent memory management switched off, which NVIDIA advises against", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(true), context: "NVLink switches sit in the rack, not in the node; ComputeDomains manage them", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("open"), context: "Proprietary modules refuse this GPU", layer: l3},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("580.65.06"), context: "Coherent driver memory management starts here; 570.124.06 is the oldest driver that knows the GPU", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "compute_domains"}, name: "K8s/config/compute_domains", value: measurement.Bool(true), context: "NVLink spans the rack; pods of one job get their IMEX channels from the DRA driver", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gds"}, name: "K8s/config/gds", value: measurement.Bool(false), context: "GPUDirect Storage does not work together with coherent driver memory management", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Coherent driver memory management, on by default from 580.65.06, excludes MIG", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_profile"}, name: "K8s/config/mig_profile", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_strategy"}, name: "K8s/config/mig_strategy", value: measurement.Str("none"), context: "No slices can exist while coherent memory management is on", layer: l3},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(true), context: "Grace Blackwell has open modules only", layer: l3},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/kernel/numa_balancing"}, name: "OS/sysctl//proc/sys/kernel/numa_balancing", value: measurement.Str("0"), context: "No page migration behind the back of jobs that place their memory; off on the EKS reference node, inferred elsewhere", layer: l3},
	}
	l3.demands = []demand{
		demand{field: "k8s", constraint: constraint{text: ">= 1.32", span: span{low: []uint64{
			1,
			32,
		}}}, layer: l3},
		demand{field: "driver", constraint: constraint{text: ">= 580.65.06", span: span{low: []uint64{
			580,
			65,
			6,
		}}}, layer: l3},
	}
	l4 := &layer{name: "gpu=h100", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h100"},
	}}
	l4.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Hopper"), context: "Hopper, with the transformer engine and MIG", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "x86 hosts; the arm64 sibling GH200 is a product of its own", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "memory"}, name: "GPU/device/memory", value: measurement.Str("80 GB or 94 GB"), context: "94 GB is the NVL card; MIG profiles differ with the size", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(true), context: "Up to seven slices, all-1g.10gb on an 80 GB card", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(true), context: "On 8-GPU SXM nodes; Fabric Manager runs on the host where the image brings the driver", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("any"), context: "Open and proprietary modules both drive Hopper", layer: l4},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("525.60.13"), context: "Oldest data center driver for H100 (inferred)", layer: l4},
	}
	l4.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 525.60.13", span: span{low: []uint64{
			525,
			60,
			13,
		}}}, layer: l4},
	}
	l5 := &layer{name: "gpu=h200", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h200"},
	}}
	l5.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Hopper"), context: "Hopper as in H100, with more and faster memory", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "x86 hosts on every service that sells it", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "memory"}, name: "GPU/device/memory", value: measurement.Str("141 GB"), context: "One size, so all-7g.141gb down to all-1g.18gb are valid MIG profiles", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(true), context: "Up to seven slices, the smallest of 18 GB", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(true), context: "On 8-GPU nodes; an image with its own driver must also start Fabric Manager", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("any"), context: "Open and proprietary modules both drive H200", layer: l5},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("535.129.03"), context: "First driver that knew H200; the 550 branch is the first to support it in full (inferred)", layer: l5},
	}
	l5.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 535.129.03", span: span{low: []uint64{
			535,
			129,
			3,
		}}}, layer: l5},
	}
	l6 := &layer{name: "gpu=l40", conditions: []condition{
		condition{field: "gpu", index: 5, value: "l40"},
	}}
	l6.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Ada Lovelace"), context: "Ada Lovelace, the generation beside Hopper for graphics and inference", layer: l6},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "A PCIe card for x86 servers of one's own; no cloud of this catalog sells it (inferred)", layer: l6},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(false), context: "Not a feature of L40", layer: l6},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(false), context: "The card has no NVLink (inferred)", layer: l6},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("any"), context: "Open and proprietary modules both drive L40", layer: l6},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("525.60.13"), context: "Oldest data center driver for L40 (inferred)", layer: l6},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "L40 cannot be partitioned; use time-slicing or MPS to share it", layer: l6},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_profile"}, name: "K8s/config/mig_profile", layer: l6},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_strategy"}, name: "K8s/config/mig_strategy", value: measurement.Str("none"), context: "No MIG on L40, so no MIG resources either", layer: l6},
	}
	l6.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 525.60.13", span: span{low: []uint64{
			525,
			60,
			13,
		}}}, layer: l6},
	}
	l7 := &layer{name: "gpu=l40s", conditions: []condition{
		condition{field: "gpu", index: 5, value: "l40s"},
	}}
	l7.entries = []*entry{
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "architecture"}, name: "GPU/device/architecture", value: measurement.Str("Ada Lovelace"), context: "Ada Lovelace, tuned for inference and small training jobs", layer: l7},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "cpu-architecture"}, name: "GPU/device/cpu-architecture", value: measurement.Str("amd64"), context: "A PCIe card for x86 hosts", layer: l7},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "mig-capable"}, name: "GPU/device/mig-capable", value: measurement.Bool(false), context: "Not a feature of L40S", layer: l7},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "device", Key: "nvswitch"}, name: "GPU/device/nvswitch", value: measurement.Bool(false), context: "No NVLink, so GPUs of a node talk over PCIe (inferred)", layer: l7},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "kernel-module"}, name: "GPU/driver/kernel-module", value: measurement.Str("any"), context: "Open and proprietary modules both drive L40S", layer: l7},
		&entry{path: measurement.Path{Type: "GPU", Subtype: "driver", Key: "minimum-version"}, name: "GPU/driver/minimum-version", value: measurement.Str("525.105"), context: "First release of branch 525 with L40S; in branch 535 it is 535.54 (inferred)", layer: l7},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "L40S cannot be partitioned; use time-slicing or MPS to share it", layer: l7},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_profile"}, name: "K8s/config/mig_profile", layer: l7},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_strategy"}, name: "K8s/config/mig_strategy", value: measurement.Str("none"), context: "No MIG on L40S, so no MIG resources either", layer: l7},
	}
	l7.demands = []demand{
		demand{field: "driver", constraint: constraint{text: ">= 525.105", span: span{low: []uint64{
			525,
			105,
		}}}, layer: l7},
	}
	l8 := &layer{name: "intent=inference", conditions: []condition{
		condition{field: "intent", index: 6, value: "inference"},
	}}
	l8.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(false), context: "Serving from one node needs no fabric; turn it on for models that span nodes", layer: l8},
	}
	l8.demands = nil
	l9 := &layer{name: "intent=training", conditions: []condition{
		condition{field: "intent", index: 6, value: "training"},
	}}
	l9.entries = []*entry{
		&entry{path: measurement.Path{Type: "SystemD", Subtype: "containerd.service", Key: "LimitMEMLOCK"}, name: "SystemD/containerd.service/LimitMEMLOCK", value: measurement.Uint(18446744073709551615), context: "Collectives over RDMA or EFA pin their buffers; containers inherit this limit", layer: l9},
	}
	l9.demands = nil
	l10 := &layer{name: "k8s=>=1.30 <1.32", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: ">= 1.30, < 1.32", span: span{low: []uint64{
			1,
			30,
		}, high: []uint64{
			1,
			32,
		}, highOpen: true, bounded: true}}},
	}}
	l10.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-toolkit"}, name: "K8s/image/container-toolkit", value: measurement.Str("v1.18.1"), context: "Toolkit of v25.10.1, the first line whose tag has no OS suffix", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm"}, name: "K8s/image/dcgm", value: measurement.Str("4.4.2-1-ubuntu22.04"), context: "Host engine of v25.10.1, still built on Ubuntu 22.04", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm-exporter"}, name: "K8s/image/dcgm-exporter", value: measurement.Str("4.4.2-4.7.0-distroless"), context: "Metrics exporter of v25.10.1, the first line with distroless images", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "driver"}, name: "K8s/image/driver", value: measurement.Str("580.105.08"), context: "Branch 580 as v25.10.1 installs it", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gdrdrv"}, name: "K8s/image/gdrdrv", value: measurement.Str("v2.5.1"), context: "GDRCopy module of v25.10.1, unchanged since v25.3.3", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gpu-operator"}, name: "K8s/image/gpu-operator", value: measurement.Str("v25.10.1"), context: "Last line that lists Kubernetes 1.30 and 1.31; out of support, so plan the cluster upgrade", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-device-plugin"}, name: "K8s/image/k8s-device-plugin", value: measurement.Str("v0.18.1"), context: "Device plugin of v25.10.1, also the tag of its GPU feature discovery", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-driver-manager"}, name: "K8s/image/k8s-driver-manager", value: measurement.Str("v0.9.1"), context: "Driver manager of v25.10.1", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-mig-manager"}, name: "K8s/image/k8s-mig-manager", value: measurement.Str("v0.13.1"), context: "MIG manager of v25.10.1; the OS suffix of its tag is gone", layer: l10},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-fs"}, name: "K8s/image/nvidia-fs", value: measurement.Str("2.26.6"), context: "GPUDirect Storage module of v25.10.1", layer: l10},
	}
	l10.demands = nil
	l11 := &layer{name: "k8s=<1.30", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.30", span: span{high: []uint64{
			1,
			30,
		}, highOpen: true, bounded: true}}},
	}}
	l11.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-toolkit"}, name: "K8s/image/container-toolkit", value: measurement.Str("v1.17.8-ubuntu20.04"), context: "Toolkit of v25.3.4; up to 1.17 the tag ends in an OS suffix", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm"}, name: "K8s/image/dcgm", value: measurement.Str("4.3.1-1-ubuntu22.04"), context: "Host engine of v25.3.4; the OS suffix is part of the tag", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm-exporter"}, name: "K8s/image/dcgm-exporter", value: measurement.Str("4.3.1-4.4.0-ubuntu22.04"), context: "Metrics exporter of v25.3.4, matched to its DCGM 4.3.1", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "driver"}, name: "K8s/image/driver", value: measurement.Str("580.82.07"), context: "Branch 580 as v25.3.4 installs it; recent enough for every GPU of this catalog", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gdrdrv"}, name: "K8s/image/gdrdrv", value: measurement.Str("v2.5.1"), context: "GDRCopy module that v25.3.4 builds against branch 580", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gpu-operator"}, name: "K8s/image/gpu-operator", value: measurement.Str("v25.3.4"), context: "Last release documented for Kubernetes 1.29; out of support, so plan the cluster upgrade", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-device-plugin"}, name: "K8s/image/k8s-device-plugin", value: measurement.Str("v0.17.4"), context: "Device plugin of v25.3.4, also the tag of its GPU feature discovery", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-driver-manager"}, name: "K8s/image/k8s-driver-manager", value: measurement.Str("v0.8.1"), context: "Driver manager of v25.3.4", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-mig-manager"}, name: "K8s/image/k8s-mig-manager", value: measurement.Str("v0.12.3-ubuntu20.04"), context: "MIG manager of v25.3.4; up to 0.12 the tag ends in an OS suffix", layer: l11},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-fs"}, name: "K8s/image/nvidia-fs", value: measurement.Str("2.20.5"), context: "GPUDirect Storage module of v25.3.4", layer: l11},
	}
	l11.demands = nil
	l12 := &layer{name: "k8s=>=1.32 <1.33", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: ">= 1.32, < 1.33", span: span{low: []uint64{
			1,
			32,
		}, high: []uint64{
			1,
			33,
		}, highOpen: true, bounded: true}}},
	}}
	l12.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-toolkit"}, name: "K8s/image/container-toolkit", value: measurement.Str("v1.19.1"), context: "Toolkit of v26.3.3", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm"}, name: "K8s/image/dcgm", value: measurement.Str("4.5.2-1-ubuntu22.04"), context: "Host engine of v26.3.3, the last one built on Ubuntu 22.04", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "dcgm-exporter"}, name: "K8s/image/dcgm-exporter", value: measurement.Str("4.5.3-4.8.2-distroless"), context: "Metrics exporter of v26.3.3; its DCGM is 4.5.3 while the host engine is 4.5.2, as released", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "driver"}, name: "K8s/image/driver", value: measurement.Str("580.126.20"), context: "Branch 580 as v26.3.3 installs it", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gdrdrv"}, name: "K8s/image/gdrdrv", value: measurement.Str("v2.5.2"), context: "GDRCopy module of v26.3.3", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "gpu-operator"}, name: "K8s/image/gpu-operator", value: measurement.Str("v26.3.3"), context: "Newest line for Kubernetes 1.32 on every platform, though deprecated; v26.7.0 takes 1.32 on bare-metal Ubuntu 24.04 only", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-device-plugin"}, name: "K8s/image/k8s-device-plugin", value: measurement.Str("v0.19.3"), context: "Device plugin of v26.3.3, also the tag of its GPU feature discovery", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-driver-manager"}, name: "K8s/image/k8s-driver-manager", value: measurement.Str("v0.11.0"), context: "Driver manager of v26.3.3", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "k8s-mig-manager"}, name: "K8s/image/k8s-mig-manager", value: measurement.Str("v0.14.2"), context: "MIG manager of v26.3.3; it generates the layouts for each node", layer: l12},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-fs"}, name: "K8s/image/nvidia-fs", value: measurement.Str("2.27.3"), context: "GPUDirect Storage module of v26.3.3", layer: l12},
	}
	l12.demands = nil
	l13 := &layer{name: "k8s=>=1.30 <1.31", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: ">= 1.30, < 1.31", span: span{low: []uint64{
			1,
			30,
		}, high: []uint64{
			1,
			31,
		}, highOpen: true, bounded: true}}},
	}}
	l13.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", value: measurement.Str("network-operator-v25.10.0"), context: "CNI plugins as 25.10.0 ships them", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", value: measurement.Str("doca3.2.0-25.10-1.2.8.0-2"), context: "DOCA 3.2 driver that belongs to 25.10.0", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", value: measurement.Str("network-operator-v25.10.0"), context: "Multus as 25.10.0 ships it", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", value: measurement.Str("25.10.0"), context: "Newest release documented for Kubernetes 1.30; 26.1 and later start at 1.31", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", value: measurement.Str("network-operator-v25.10.0"), context: "NIC feature discovery as 25.10.0 ships it", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", value: measurement.Str("network-operator-v25.10.0"), context: "IPAM as 25.10.0 ships it, the only one left after whereabouts went", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", value: measurement.Str("network-operator-v25.10.0"), context: "Shared RDMA plugin as 25.10.0 ships it", layer: l13},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", value: measurement.Str("network-operator-v25.10.0"), context: "SR-IOV device plugin as 25.10.0 ships it", layer: l13},
	}
	l13.demands = nil
	l14 := &layer{name: "k8s=<1.30", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.30", span: span{high: []uint64{
			1,
			30,
		}, highOpen: true, bounded: true}}},
	}}
	l14.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", value: measurement.Str("network-operator-v25.7.0"), context: "CNI plugins as 25.7.0 ships them", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", value: measurement.Str("doca3.1.0-25.07-0.9.7.0-0"), context: "DOCA 3.1 driver that belongs to 25.7.0", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", value: measurement.Str("network-operator-v25.7.0"), context: "Multus as 25.7.0 ships it", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", value: measurement.Str("25.7.0"), context: "Newest release documented for Kubernetes 1.29", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", value: measurement.Str("network-operator-v25.7.0"), context: "NIC feature discovery as 25.7.0 ships it", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", value: measurement.Str("network-operator-v25.7.0"), context: "IPAM as 25.7.0 ships it; whereabouts is deprecated here already", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", value: measurement.Str("network-operator-v25.7.0"), context: "Shared RDMA plugin as 25.7.0 ships it, the first release with operator tags", layer: l14},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", value: measurement.Str("network-operator-v25.7.0"), context: "SR-IOV device plugin as 25.7.0 ships it", layer: l14},
	}
	l14.demands = nil
	l15 := &layer{name: "k8s=>=1.36", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: ">= 1.36", span: span{low: []uint64{
			1,
			36,
		}}}},
	}}
	l15.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", layer: l15},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", layer: l15},
	}
	l15.demands = nil
	l16 := &layer{name: "k8s=<1.32", conditions: []condition{
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.32", span: span{high: []uint64{
			1,
			32,
		}, highOpen: true, bounded: true}}},
	}}
	l16.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-dra-driver-gpu"}, name: "K8s/image/nvidia-dra-driver-gpu", layer: l16},
	}
	l16.demands = nil
	l17 := &layer{name: "os=amazonlinux", conditions: []condition{
		condition{field: "os", value: "amazonlinux"},
	}}
	l17.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("image"), context: "The accelerated AL2023 image carries the driver, and no driver container exists for Amazon Linux", layer: l17},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gdrcopy"}, name: "K8s/config/gdrcopy", value: measurement.Bool(false), context: "The module comes with the operator's driver container, which cannot run on Amazon Linux", layer: l17},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_source"}, name: "K8s/config/toolkit_source", value: measurement.Str("image"), context: "The accelerated image carries the container toolkit as well (inferred); the device plugin still comes from the operator", layer: l17},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "gdrdrv"}, name: "OS/kmod/gdrdrv", layer: l17},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("amzn"), context: "Choose the accelerated AL2023 image, x86_64 or for GB200 arm64; Amazon Linux 2 has ended", layer: l17},
	}
	l17.demands = []demand{
		demand{field: "osv", constraint: constraint{text: ">= 2023", span: span{low: []uint64{
			2023,
		}}}, layer: l17},
	}
	l18 := &layer{name: "os=cos", conditions: []condition{
		condition{field: "os", value: "cos"},
	}}
	l18.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_install_dir"}, name: "K8s/config/driver_install_dir", value: measurement.Str("/home/kubernetes/bin/nvidia"), context: "Where Google's installer puts the driver", layer: l18},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("image"), context: "No driver container exists for COS; apply Google's driver installer and disable the node pool's automatic one", layer: l18},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gdrcopy"}, name: "K8s/config/gdrcopy", value: measurement.Bool(false), context: "The module comes with the operator's driver container, which cannot run on COS", layer: l18},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_install_dir"}, name: "K8s/config/toolkit_install_dir", value: measurement.Str("/home/kubernetes/bin/nvidia"), context: "One of the few places on COS that are writable and survive a restart", layer: l18},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "gdrdrv"}, name: "OS/kmod/gdrdrv", layer: l18},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("cos"), context: "GKE's default node image, and the only one for Google's GPUDirect TCPX (inferred)", layer: l18},
	}
	l18.demands = nil
	l19 := &layer{name: "os=oraclelinux", conditions: []condition{
		condition{field: "os", value: "oraclelinux"},
	}}
	l19.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("image"), context: "No driver container exists for Oracle Linux; use an image that carries the driver", layer: l19},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gdrcopy"}, name: "K8s/config/gdrcopy", value: measurement.Bool(false), context: "The module comes with the operator's driver container, which cannot run on Oracle Linux", layer: l19},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "gdrdrv"}, name: "OS/kmod/gdrdrv", layer: l19},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("ol"), context: "Fit for single nodes; Oracle uses Ubuntu images for RDMA and GPU memory clusters", layer: l19},
	}
	l19.demands = nil
	l20 := &layer{name: "os=rhel", conditions: []condition{
		condition{field: "os", value: "rhel"},
	}}
	l20.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_source"}, name: "K8s/config/toolkit_source", value: measurement.Str("operator"), context: "RHEL images bring neither driver nor toolkit; driver containers exist for RHEL, and for Rocky from v26.3.2", layer: l20},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("rhel"), context: "No managed service offers a GPU image of it; bring your own image there, outside NVIDIA's matrix (inferred)", layer: l20},
	}
	l20.demands = nil
	l21 := &layer{name: "os=ubuntu", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
	}}
	l21.entries = []*entry{
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "apparmor"}, name: "OS/grub/apparmor", value: measurement.Str("1"), context: "Ubuntu's default confinement stays on; the GPU stack runs under it", layer: l21},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "audit"}, name: "OS/grub/audit", value: measurement.Str("1"), context: "Auditing from boot on, as on the reference nodes", layer: l21},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "audit_backlog_limit"}, name: "OS/grub/audit_backlog_limit", value: measurement.Str("8192"), context: "Keeps audit records of early boot that the default queue of 64 would drop", layer: l21},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "security"}, name: "OS/grub/security", value: measurement.Str("apparmor"), context: "Names AppArmor as the active security module", layer: l21},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("ubuntu"), context: "NVIDIA publishes driver containers for Ubuntu, the one system it validates on EKS and GKE", layer: l21},
	}
	l21.demands = nil
	l22 := &layer{name: "service=aks", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
	}}
	l22.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_with_reboot"}, name: "K8s/config/mig_with_reboot", value: measurement.Bool(true), context: "Azure guests switch MIG mode only with a restart of the node", layer: l22},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("infiniband"), context: "Taken for an ND size, which has InfiniBand; NC sizes have none; a snapshot tells the size, else set it to none", layer: l22},
	}
	l22.demands = nil
	l23 := &layer{name: "service=eks", conditions: []condition{
		condition{field: "service", index: 3, value: "eks"},
	}}
	l23.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_with_reboot"}, name: "K8s/config/mig_with_reboot", value: measurement.Bool(true), context: "EC2 guests switch MIG mode only with a restart of the node", layer: l23},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(false), context: "EFA brings its own plugin and driver; the setting is about Mellanox NICs, which EC2 does not have", layer: l23},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "aws-efa-k8s-device-plugin"}, name: "K8s/image/aws-efa-k8s-device-plugin", value: measurement.Str("v0.5.30"), context: "Chart version, not the image tag; older charts lack newer instance types, on whose nodes no plugin would start", layer: l23},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("efa"), context: "p4d to p6e and g6e.8xlarge or larger have EFA; smaller g6e, which a snapshot tells, have none", layer: l23},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "efa"}, name: "OS/kmod/efa", value: measurement.Bool(true), context: "Driver of the EFA interface; seen on the GB200 reference node, inferred for the other instance types", layer: l23},
	}
	l23.demands = nil
	l24 := &layer{name: "service=gke", conditions: []condition{
		condition{field: "service", index: 3, value: "gke"},
	}}
	l24.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "critical_pod_quota"}, name: "K8s/config/critical_pod_quota", value: measurement.Bool(true), context: "GKE refuses system-critical pods outside kube-system unless their namespace has a ResourceQuota for them", layer: l24},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig_with_reboot"}, name: "K8s/config/mig_with_reboot", value: measurement.Bool(true), context: "Compute Engine guests switch MIG mode only with a restart of the node", layer: l24},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(false), context: "Google's own DaemonSets set GPUDirect up; the setting is about the Network Operator", layer: l24},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("gpudirect"), context: "a3-ultra, a4 and a4x run RoCE set up by Google's own installers; never by the Network Operator, though the NICs are Mellanox", layer: l24},
	}
	l24.demands = nil
	l25 := &layer{name: "service=oke", conditions: []condition{
		condition{field: "service", index: 3, value: "oke"},
	}}
	l25.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("image"), context: "Oracle's GPU images carry the driver; OKE is not in NVIDIA's matrix, so follow Oracle's image releases", layer: l25},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "gdrcopy"}, name: "K8s/config/gdrcopy", value: measurement.Bool(false), context: "Runs beside the operator's driver container, which Oracle's images do without", layer: l25},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("roce"), context: "Bare-metal GPU shapes have ConnectX ports for RoCE, apart from the port of the primary VNIC", layer: l25},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "gdrdrv"}, name: "OS/kmod/gdrdrv", layer: l25},
	}
	l25.demands = nil
	l26 := &layer{name: "service=self-managed", conditions: []condition{
		condition{field: "service", index: 3, value: "self-managed"},
	}}
	l26.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", layer: l26},
	}
	l26.demands = nil
	l27 := &layer{name: "os=ubuntu,service=aks", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "aks"},
	}}
	l27.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("operator"), context: "Needs --gpu-driver none; else set driver_source, toolkit_source to image, runtime_class to nvidia-container-runtime", layer: l27},
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("ubuntu"), context: "Ubuntu 22.04 or 24.04; NVIDIA's matrix has AKS up to GPU Operator v25.10, later releases keep its page only", layer: l27},
	}
	l27.demands = []demand{
		demand{field: "osv", constraint: constraint{text: ">= 22.04", span: span{low: []uint64{
			22,
			4,
		}}}, layer: l27},
	}
	l28 := &layer{name: "service=eks,gpu=gb200", conditions: []condition{
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l28.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "kernel_module_params"}, name: "K8s/config/kernel_module_params", value: measurement.Str("NVreg_GrdmaPciTopoCheckOverride=1"), context: "Permits GPUDirect RDMA with EFA although the driver's check of the PCI topology fails on these nodes (inferred)", layer: l28},
	}
	l28.demands = nil
	l29 := &layer{name: "os=ubuntu,service=eks", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "eks"},
	}}
	l29.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("operator"), context: "Canonical's EKS image ships no GPU driver, so the operator installs it", layer: l29},
	}
	l29.demands = nil
	l30 := &layer{name: "service=gke,gpu=gb200", conditions: []condition{
		condition{field: "service", index: 3, value: "gke"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l30.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "compute_domains"}, name: "K8s/config/compute_domains", value: measurement.Bool(true), context: "a4x nodes form NVLink racks; the settings are inferred from the EKS recipe", layer: l30},
	}
	l30.demands = nil
	l31 := &layer{name: "service=aks,gpu=gb200", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l31.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "compute_domains"}, name: "K8s/config/compute_domains", value: measurement.Bool(true), context: "ND GB200 v6 nodes form NVLink racks; the settings are inferred from the EKS recipe", layer: l31},
	}
	l31.demands = nil
	l32 := &layer{name: "service=oke,gpu=gb200", conditions: []condition{
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l32.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "compute_domains"}, name: "K8s/config/compute_domains", value: measurement.Bool(true), context: "Oracle runs GB200 shapes with ComputeDomains; the other settings are inferred from the EKS recipe", layer: l32},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("roce"), context: "Jobs use the RoCE ports through the host network; Oracle defines no SR-IOV policy for these shapes", layer: l32},
	}
	l32.demands = nil
	l33 := &layer{name: "os=cos,service=gke", conditions: []condition{
		condition{field: "os", value: "cos"},
		condition{field: "service", index: 3, value: "gke"},
	}}
	l33.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_runtime_config_source"}, name: "K8s/config/toolkit_runtime_config_source", value: measurement.Str("file"), context: "From GKE 1.33 on the toolkit must read containerd's file instead of its command line", layer: l33},
	}
	l33.demands = nil
	l34 := &layer{name: "service=gke,gpu=a100", conditions: []condition{
		condition{field: "service", index: 3, value: "gke"},
		condition{field: "gpu", index: 5, value: "a100"},
	}}
	l34.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("none"), context: "a2 nodes have gVNIC of up to 100 Gbit/s and no GPUDirect", layer: l34},
	}
	l34.demands = nil
	l35 := &layer{name: "service=gke,gpu=h100", conditions: []condition{
		condition{field: "service", index: 3, value: "gke"},
		condition{field: "gpu", index: 5, value: "h100"},
	}}
	l35.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("gpudirect"), context: "TCPX on a3-high and a3-edge, TCPXO on a3-mega, both by Google's DaemonSets and on COS only (inferred)", layer: l35},
	}
	l35.demands = nil
	l36 := &layer{name: "os=ubuntu,service=gke", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "gke"},
	}}
	l36.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "driver_source"}, name: "K8s/config/driver_source", value: measurement.Str("operator"), context: "Disable the node pool's driver; with Google's installer use image and the install directories of COS instead", layer: l36},
	}
	l36.demands = nil
	l37 := &layer{name: "gpu=a100,intent=inference", conditions: []condition{
		condition{field: "gpu", index: 5, value: "a100"},
		condition{field: "intent", index: 6, value: "inference"},
	}}
	l37.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Off, yet available for small models; set mig and mig_profile, all-1g.5gb on a 40 GB card, all-1g.10gb on 80 GB", layer: l37},
	}
	l37.demands = nil
	l38 := &layer{name: "gpu=h100,intent=inference", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h100"},
		condition{field: "intent", index: 6, value: "inference"},
	}}
	l38.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Off, yet available for small models; set mig and mig_profile, such as all-1g.10gb on an 80 GB card", layer: l38},
	}
	l38.demands = nil
	l39 := &layer{name: "gpu=h200,intent=inference", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h200"},
		condition{field: "intent", index: 6, value: "inference"},
	}}
	l39.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Off, yet available for small models; set mig and mig_profile, from all-1g.18gb up", layer: l39},
	}
	l39.demands = nil
	l40 := &layer{name: "gpu=b200,intent=inference", conditions: []condition{
		condition{field: "gpu", index: 5, value: "b200"},
		condition{field: "intent", index: 6, value: "inference"},
	}}
	l40.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "mig"}, name: "K8s/config/mig", value: measurement.Bool(false), context: "Off, yet available for small models; set mig and mig_profile, from all-1g.23gb up", layer: l40},
	}
	l40.demands = nil
	l41 := &layer{name: "service=oke,gpu=l40s", conditions: []condition{
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "l40s"},
	}}
	l41.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "fabric"}, name: "K8s/network-config/fabric", value: measurement.Str("none"), context: "L40S shapes are used alone; BM.GPU.L40S.4 may have RoCE ports, the NC shape has none (inferred)", layer: l41},
	}
	l41.demands = nil
	l42 := &layer{name: "os=oraclelinux,service=oke", conditions: []condition{
		condition{field: "os", value: "oraclelinux"},
		condition{field: "service", index: 3, value: "oke"},
	}}
	l42.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(false), context: "Oracle supports RDMA pools with Ubuntu images only; leave it off here", layer: l42},
	}
	l42.demands = []demand{
		demand{field: "osv", constraint: constraint{text: "8", prefix: &version{numbers: []uint64{
			8,
		}}, span: span{low: []uint64{
			8,
		}, high: []uint64{
			9,
		}, highOpen: true, bounded: true}}, layer: l42},
	}
	l43 := &layer{name: "os=ubuntu,service=oke", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "oke"},
	}}
	l43.entries = []*entry{
		&entry{path: measurement.Path{Type: "OS", Subtype: "release", Key: "ID"}, name: "OS/release/ID", value: measurement.Str("ubuntu"), context: "Ubuntu 22.04 or 24.04 in Oracle's GPU images; OKE is not in NVIDIA's matrix", layer: l43},
	}
	l43.demands = []demand{
		demand{field: "osv", constraint: constraint{text: ">= 22.04", span: span{low: []uint64{
			22,
			4,
		}}}, layer: l43},
	}
	l44 := &layer{name: "gpu=h100,intent=training", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l44.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(true), context: "DMA-BUF, on which EFA and newer GPUDirect RDMA rely, needs open modules (inferred)", layer: l44},
	}
	l44.demands = nil
	l45 := &layer{name: "gpu=h200,intent=training", conditions: []condition{
		condition{field: "gpu", index: 5, value: "h200"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l45.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(true), context: "DMA-BUF, on which EFA and newer GPUDirect RDMA rely, needs open modules (inferred)", layer: l45},
	}
	l45.demands = nil
	l46 := &layer{name: "os=ubuntu,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l46.entries = []*entry{
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "ib_cm"}, name: "OS/kmod/ib_cm", value: measurement.Bool(true), context: "Sets up connections on InfiniBand", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "ib_core"}, name: "OS/kmod/ib_core", value: measurement.Bool(true), context: "Core of the kernel's RDMA stack, whatever the NIC", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "ib_uverbs"}, name: "OS/kmod/ib_uverbs", value: measurement.Bool(true), context: "Opens RDMA devices to NCCL and other user space; EFA needs it too", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "iw_cm"}, name: "OS/kmod/iw_cm", value: measurement.Bool(true), context: "Connection manager that rdma_cm pulls in", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "rdma_cm"}, name: "OS/kmod/rdma_cm", value: measurement.Bool(true), context: "Sets up RDMA connections by IP address, on RoCE among others", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "rdma_ucm"}, name: "OS/kmod/rdma_ucm", value: measurement.Bool(true), context: "Gives user space the connection manager", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "rpcrdma"}, name: "OS/kmod/rpcrdma", value: measurement.Bool(true), context: "NFS over RDMA for data sets and checkpoints", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "kmod", Key: "sunrpc"}, name: "OS/kmod/sunrpc", value: measurement.Bool(true), context: "Remote calls that NFS is made of; the settings below /proc/sys/sunrpc exist once it is loaded", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/sunrpc/rdma_max_inline_read"}, name: "OS/sysctl//proc/sys/sunrpc/rdma_max_inline_read", value: measurement.Str("4096"), context: "Kernel default; small NFS replies travel inside the message", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/sunrpc/rdma_max_inline_write"}, name: "OS/sysctl//proc/sys/sunrpc/rdma_max_inline_write", value: measurement.Str("4096"), context: "Kernel default; small NFS requests travel inside the message", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/sunrpc/rdma_slot_table_entries"}, name: "OS/sysctl//proc/sys/sunrpc/rdma_slot_table_entries", value: measurement.Str("128"), context: "Requests in flight to one NFS server over RDMA", layer: l46},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/sunrpc/tcp_max_slot_table_entries"}, name: "OS/sysctl//proc/sys/sunrpc/tcp_max_slot_table_entries", value: measurement.Str("65536"), context: "Requests in flight to one NFS server over TCP, as many as the server grants", layer: l46},
	}
	l46.demands = nil
	l47 := &layer{name: "service=eks,k8s=<1.31", conditions: []condition{
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.31", span: span{high: []uint64{
			1,
			31,
		}, highOpen: true, bounded: true}}},
	}}
	l47.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", layer: l47},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", layer: l47},
	}
	l47.demands = nil
	l48 := &layer{name: "service=gke,k8s=<1.31", conditions: []condition{
		condition{field: "service", index: 3, value: "gke"},
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.31", span: span{high: []uint64{
			1,
			31,
		}, highOpen: true, bounded: true}}},
	}}
	l48.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "container-networking-plugins"}, name: "K8s/image/container-networking-plugins", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "mofed-driver"}, name: "K8s/image/mofed-driver", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "multus-cni"}, name: "K8s/image/multus-cni", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "network-operator"}, name: "K8s/image/network-operator", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nic-feature-discovery"}, name: "K8s/image/nic-feature-discovery", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "nvidia-k8s-ipam"}, name: "K8s/image/nvidia-k8s-ipam", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "rdma-shared-device-plugin"}, name: "K8s/image/rdma-shared-device-plugin", layer: l48},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "image", Key: "sriov-device-plugin"}, name: "K8s/image/sriov-device-plugin", layer: l48},
	}
	l48.demands = nil
	l49 := &layer{name: "service=aks,gpu=a100,intent=training", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
		condition{field: "gpu", index: 5, value: "a100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l49.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "ND A100 v4 sizes have InfiniBand; set it to false on NC A100 v4, unless a snapshot tells the size", layer: l49},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "deploy_ofed"}, name: "K8s/network-config/deploy_ofed", value: measurement.Bool(true), context: "Azure has the Network Operator install the DOCA driver for the ConnectX-6 ports of ND A100 v4", layer: l49},
	}
	l49.demands = nil
	l50 := &layer{name: "service=aks,gpu=h100,intent=training", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
		condition{field: "gpu", index: 5, value: "h100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l50.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "ND96isr_H100_v5 has InfiniBand; set it to false on NC and NCC sizes, unless a snapshot tells the size", layer: l50},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "deploy_ofed"}, name: "K8s/network-config/deploy_ofed", value: measurement.Bool(true), context: "Azure has the Network Operator install the DOCA driver for the ConnectX-7 ports of ND H100 v5", layer: l50},
	}
	l50.demands = nil
	l51 := &layer{name: "service=aks,gpu=h200,intent=training", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
		condition{field: "gpu", index: 5, value: "h200"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l51.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "ND H200 v5 has InfiniBand; no H200 size without it is known (inferred)", layer: l51},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "deploy_ofed"}, name: "K8s/network-config/deploy_ofed", value: measurement.Bool(true), context: "The DOCA driver comes with the Network Operator, as on ND H100 v5 (inferred)", layer: l51},
	}
	l51.demands = nil
	l52 := &layer{name: "service=aks,gpu=gb200,intent=training", conditions: []condition{
		condition{field: "service", index: 3, value: "aks"},
		condition{field: "gpu", index: 5, value: "gb200"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l52.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "NVLink joins one rack, InfiniBand joins racks; no tested recipe is public, so inferred from the other ND sizes", layer: l52},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "deploy_ofed"}, name: "K8s/network-config/deploy_ofed", value: measurement.Bool(true), context: "The DOCA driver comes with the Network Operator, as on the older ND sizes (inferred)", layer: l52},
	}
	l52.demands = nil
	l53 := &layer{name: "os=ubuntu,service=eks,gpu=gb200", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l53.entries = []*entry{
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "init_on_alloc"}, name: "OS/grub/init_on_alloc", value: measurement.Str("0"), context: "No zeroing of each kernel allocation, which costs bandwidth on large buffers", layer: l53},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "iommu.passthrough"}, name: "OS/grub/iommu.passthrough", value: measurement.Str("1"), context: "Spares device memory accesses an IOMMU translation", layer: l53},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "numa_balancing"}, name: "OS/grub/numa_balancing", value: measurement.Str("disable"), context: "Off from boot on, in agreement with the sysctl of GB200", layer: l53},
	}
	l53.demands = []demand{
		demand{field: "kernel", constraint: constraint{text: ">= 6.8", span: span{low: []uint64{
			6,
			8,
		}}}, layer: l53},
	}
	l54 := &layer{name: "os=amazonlinux,service=eks,gpu=gb200", conditions: []condition{
		condition{field: "os", value: "amazonlinux"},
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "gpu", index: 5, value: "gb200"},
	}}
	l54.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "kernel_module_params"}, name: "K8s/config/kernel_module_params", layer: l54},
	}
	l54.demands = nil
	l55 := &layer{name: "os=ubuntu,service=eks,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l55.entries = []*entry{
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "hugepages"}, name: "OS/grub/hugepages", value: measurement.Str("5128"), context: "10 GiB reserved at boot, as on the reference training nodes; too much for the small g6e sizes", layer: l55},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "hugepagesz"}, name: "OS/grub/hugepagesz", value: measurement.Str("2M"), context: "The page size that the count in hugepages is about", layer: l55},
		&entry{path: measurement.Path{Type: "OS", Subtype: "grub", Key: "nokaslr"}, name: "OS/grub/nokaslr", value: measurement.Str(""), context: "The reference training nodes boot without address randomisation; leave it out where hardening counts more", layer: l55},
		&entry{path: measurement.Path{Type: "OS", Subtype: "sysctl", Key: "/proc/sys/vm/nr_hugepages"}, name: "OS/sysctl//proc/sys/vm/nr_hugepages", value: measurement.Str("5128"), context: "Same count as on the kernel command line; two different numbers would fight at boot", layer: l55},
	}
	l55.demands = nil
	l56 := &layer{name: "os=cos,service=gke,k8s=<1.33", conditions: []condition{
		condition{field: "os", value: "cos"},
		condition{field: "service", index: 3, value: "gke"},
		condition{field: "k8s", index: 4, version: &constraint{text: "< 1.33", span: span{high: []uint64{
			1,
			33,
		}, highOpen: true, bounded: true}}},
	}}
	l56.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "toolkit_runtime_config_source"}, name: "K8s/config/toolkit_runtime_config_source", layer: l56},
	}
	l56.demands = nil
	l57 := &layer{name: "service=eks,gpu=a100,intent=training", conditions: []condition{
		condition{field: "service", index: 3, value: "eks"},
		condition{field: "gpu", index: 5, value: "a100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l57.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "use_open_kernel_module"}, name: "K8s/config/use_open_kernel_module", value: measurement.Bool(true), context: "DMA-BUF, on which EFA and newer GPUDirect RDMA rely, needs open modules (inferred)", layer: l57},
	}
	l57.demands = nil
	l58 := &layer{name: "os=ubuntu,service=oke,gpu=a100,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "a100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l58.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "BM.GPU4.8, BM.GPU.A100-v2.8 and BM.GPU.B4.8 have RoCE ports; that the last has A100 GPUs is inferred", layer: l58},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "enable_sriov"}, name: "K8s/network-config/enable_sriov", value: measurement.Bool(true), context: "Oracle's stack gives pods one virtual function of each RoCE port, with a policy per A100 shape", layer: l58},
	}
	l58.demands = nil
	l59 := &layer{name: "os=ubuntu,service=oke,gpu=h100,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "h100"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l59.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "BM.GPU.H100.8 has RoCE ports", layer: l59},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "enable_sriov"}, name: "K8s/network-config/enable_sriov", value: measurement.Bool(true), context: "Oracle's stack gives pods one virtual function of each RoCE port of BM.GPU.H100.8", layer: l59},
	}
	l59.demands = nil
	l60 := &layer{name: "os=ubuntu,service=oke,gpu=h200,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "h200"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l60.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "BM.GPU.H200.8 has RoCE ports", layer: l60},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "enable_sriov"}, name: "K8s/network-config/enable_sriov", value: measurement.Bool(true), context: "Oracle's stack gives pods one virtual function of each RoCE port of BM.GPU.H200.8", layer: l60},
	}
	l60.demands = nil
	l61 := &layer{name: "os=ubuntu,service=oke,gpu=b200,intent=training", conditions: []condition{
		condition{field: "os", value: "ubuntu"},
		condition{field: "service", index: 3, value: "oke"},
		condition{field: "gpu", index: 5, value: "b200"},
		condition{field: "intent", index: 6, value: "training"},
	}}
	l61.entries = []*entry{
		&entry{path: measurement.Path{Type: "K8s", Subtype: "config", Key: "rdma"}, name: "K8s/config/rdma", value: measurement.Bool(true), context: "BM.GPU.B200.8 has RoCE ports", layer: l61},
		&entry{path: measurement.Path{Type: "K8s", Subtype: "network-config", Key: "enable_sriov"}, name: "K8s/network-config/enable_sriov", value: measurement.Bool(true), context: "Oracle's stack gives pods one virtual function of each RoCE port of BM.GPU.B200.8", layer: l61},
	}
	l61.demands = nil
	return &Catalog{version: "2026.11.1", base: l0, overlays: []*layer{
		l1,
		l2,
		l3,
		l4,
		l5,
		l6,
		l7,
		l8,
		l9,
		l10,
		l11,
		l12,
		l13,
		l14,
		l15,
		l16,
		l17,
		l18,
		l19,
		l20,
		l21,
		l22,
		l23,
		l24,
		l25,
		l26,
		l27,
		l28,
		l29,
		l30,
		l31,
		l32,
		l33,
		l34,
		l35,
		l36,
		l37,
		l38,
		l39,
		l40,
		l41,
		l42,
		l43,
		l44,
		l45,
		l46,
		l47,
		l48,
		l49,
		l50,
		l51,
		l52,
		l53,
		l54,
		l55,
		l56,
		l57,
		l58,
		l59,
		l60,
		l61,
	}, platforms: platformTable{
		Platform{Service: "eks", OS: []string{
			"ubuntu",
			"amazonlinux",
			"rhel",
		}, GPUs: []PlatformGPU{
			PlatformGPU{GPU: "a100", InstanceTypes: []string{
				"p4d.24xlarge",
				"p4de.24xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "h100", InstanceTypes: []string{
				"p5.48xlarge",
				"p5.4xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "h200", InstanceTypes: []string{
				"p5e.48xlarge",
				"p5en.48xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "b200", InstanceTypes: []string{
				"p6-b200.48xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "gb200", InstanceTypes: []string{
				"p6e-gb200.36xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "l40s", InstanceTypes: []string{
				"g6e.8xlarge",
				"g6e.12xlarge",
				"g6e.16xlarge",
				"g6e.24xlarge",
				"g6e.48xlarge",
			}, Fabric: "efa"},
			PlatformGPU{GPU: "l40s", InstanceTypes: []string{
				"g6e.xlarge",
				"g6e.2xlarge",
				"g6e.4xlarge",
			}, Fabric: "none", Types: measurement.List{
				measurement.Measurement{Type: "K8s", Subtypes: []measurement.Subtype{
					measurement.Subtype{Name: "network-config", Data: map[string]measurement.Reading{
						"fabric": measurement.Str("none"),
					}, Context: map[string]string{
						"fabric": "g6e sizes below 8xlarge, as the snapshot shows, have no EFA",
					}},
				}},
				measurement.Measurement{Type: "OS", Subtypes: []measurement.Subtype{
					measurement.Subtype{Name: "grub", Data: map[string]measurement.Reading{
						"hugepages":  nil,
						"hugepagesz": nil,
					}},
					measurement.Subtype{Name: "kmod", Data: map[string]measurement.Reading{
						"efa": nil,
					}},
					measurement.Subtype{Name: "sysctl", Data: map[string]measurement.Reading{
						"/proc/sys/vm/nr_hugepages": nil,
					}},
				}},
			}},
		}, Without: map[string]string{
			"bottlerocket": "the NVIDIA variant of Bottlerocket brings a device plugin of its own, and there is none for GB200 on arm64",
		}},
		Platform{Service: "gke", OS: []string{
			"cos",
			"ubuntu",
		}, GPUs: []PlatformGPU{
			PlatformGPU{GPU: "a100", InstanceTypes: []string{
				"a2-highgpu-1g",
				"a2-highgpu-2g",
				"a2-highgpu-4g",
				"a2-highgpu-8g",
				"a2-megagpu-16g",
				"a2-ultragpu-1g",
				"a2-ultragpu-2g",
				"a2-ultragpu-4g",
				"a2-ultragpu-8g",
			}, Fabric: "none"},
			PlatformGPU{GPU: "h100", InstanceTypes: []string{
				"a3-highgpu-1g",
				"a3-highgpu-2g",
				"a3-highgpu-4g",
				"a3-highgpu-8g",
				"a3-edgegpu-8g",
				"a3-megagpu-8g",
			}, Fabric: "gpudirect"},
			PlatformGPU{GPU: "h200", InstanceTypes: []string{
				"a3-ultragpu-8g",
			}, Fabric: "gpudirect"},
			PlatformGPU{GPU: "b200", InstanceTypes: []string{
				"a4-highgpu-8g",
			}, Fabric: "gpudirect"},
			PlatformGPU{GPU: "gb200", InstanceTypes: []string{
				"a4x-highgpu-4g",
			}, Fabric: "gpudirect"},
		}},
		Platform{Service: "aks", OS: []string{
			"ubuntu",
		}, GPUs: []PlatformGPU{
			PlatformGPU{GPU: "a100", InstanceTypes: []string{
				"Standard_ND96asr_v4",
				"Standard_ND96amsr_A100_v4",
			}, Fabric: "infiniband"},
			PlatformGPU{GPU: "a100", InstanceTypes: []string{
				"Standard_NC24ads_A100_v4",
				"Standard_NC48ads_A100_v4",
				"Standard_NC96ads_A100_v4",
			}, Fabric: "none", Types: measurement.List{
				measurement.Measurement{Type: "K8s", Subtypes: []measurement.Subtype{
					measurement.Subtype{Name: "config", Data: map[string]measurement.Reading{
						"rdma": measurement.Bool(false),
					}, Context: map[string]string{
						"rdma": "Nodes of an NC or NCC size, as the snapshot shows, have no NIC for it",
					}},
					measurement.Subtype{Name: "network-config", Data: map[string]measurement.Reading{
						"deploy_ofed": measurement.Bool(false),
						"fabric":      measurement.Str("none"),
					}, Context: map[string]string{
						"deploy_ofed": "No NIC of these nodes needs the DOCA driver",
						"fabric":      "NC and NCC sizes, as the snapshot shows, have no InfiniBand",
					}},
				}},
			}},
			PlatformGPU{GPU: "h100", InstanceTypes: []string{
				"Standard_ND96isr_H100_v5",
			}, Fabric: "infiniband"},
			PlatformGPU{GPU: "h100", InstanceTypes: []string{
				"Standard_NC40ads_H100_v5",
				"Standard_NC80adis_H100_v5",
				"Standard_NCC40ads_H100_v5",
			}, Fabric: "none", Types: measurement.List{
				measurement.Measurement{Type: "K8s", Subtypes: []measurement.Subtype{
					measurement.Subtype{Name: "config", Data: map[string]measurement.Reading{
						"rdma": measurement.Bool(false),
					}, Context: map[string]string{
						"rdma": "Nodes of an NC or NCC size, as the snapshot shows, have no NIC for it",
					}},
					measurement.Subtype{Name: "network-config", Data: map[string]measurement.Reading{
						"deploy_ofed": measurement.Bool(false),
						"fabric":      measurement.Str("none"),
					}, Context: map[string]string{
						"deploy_ofed": "No NIC of these nodes needs the DOCA driver",
						"fabric":      "NC and NCC sizes, as the snapshot shows, have no InfiniBand",
					}},
				}},
			}},
			PlatformGPU{GPU: "h200", InstanceTypes: []string{
				"Standard_ND96isr_H200_v5",
			}, Fabric: "infiniband"},
			PlatformGPU{GPU: "gb200", InstanceTypes: []string{
				"Standard_ND128isr_NDR_GB200_v6",
			}, Fabric: "infiniband"},
		}},
		Platform{Service: "oke", OS: []string{
			"ubuntu",
			"oraclelinux",
		}, GPUs: []PlatformGPU{
			PlatformGPU{GPU: "a100", InstanceTypes: []string{
				"BM.GPU4.8",
				"BM.GPU.A100-v2.8",
				"BM.GPU.B4.8",
			}, Fabric: "roce"},
			PlatformGPU{GPU: "h100", InstanceTypes: []string{
				"BM.GPU.H100.8",
			}, Fabric: "roce"},
			PlatformGPU{GPU: "h200", InstanceTypes: []string{
				"BM.GPU.H200.8",
			}, Fabric: "roce"},
			PlatformGPU{GPU: "b200", InstanceTypes: []string{
				"BM.GPU.B200.8",
			}, Fabric: "roce"},
			PlatformGPU{GPU: "gb200", InstanceTypes: []string{
				"BM.GPU.GB200.4",
				"BM.GPU.GB200-v2.4",
				"BM.GPU.GB200-v3.4",
			}, Fabric: "roce"},
			PlatformGPU{GPU: "l40s", InstanceTypes: []string{
				"BM.GPU.L40S.4",
			}, Fabric: "roce", Types: measurement.List{
				measurement.Measurement{Type: "K8s", Subtypes: []measurement.Subtype{
					measurement.Subtype{Name: "network-config", Data: map[string]measurement.Reading{
						"fabric": measurement.Str("roce"),
					}, Context: map[string]string{
						"fabric": "BM.GPU.L40S.4, as the snapshot shows, has RoCE ports (inferred)",
					}},
				}},
			}},
			PlatformGPU{GPU: "l40s", InstanceTypes: []string{
				"BM.GPU.L40S-NC.4",
			}, Fabric: "none"},
		}},
		Platform{Service: "self-managed", OS: []string{
			"ubuntu",
			"rhel",
		}, GPUs: []PlatformGPU{
			PlatformGPU{GPU: "a100"},
			PlatformGPU{GPU: "h100"},
			PlatformGPU{GPU: "h200"},
			PlatformGPU{GPU: "b200"},
			PlatformGPU{GPU: "gb200"},
			PlatformGPU{GPU: "l40"},
			PlatformGPU{GPU: "l40s"},
		}},
	}, products: productTable{
		"1db1": "Tesla V100-SXM2-16GB",
		"1db4": "Tesla V100-PCIE-16GB",
		"1db5": "Tesla V100-SXM2-32GB",
		"1db6": "Tesla V100-PCIE-32GB",
		"1eb8": "Tesla T4",
		"20b0": "NVIDIA A100-SXM4-40GB",
		"20b2": "NVIDIA A100-SXM4-80GB",
		"20b3": "NVIDIA A100-SXM-64GB",
		"20b5": "NVIDIA A100 80GB PCIe",
		"20b7": "NVIDIA A30",
		"20b8": "NVIDIA A100X",
		"20bd": "NVIDIA A800-SXM4-40GB",
		"20f1": "NVIDIA A100-PCIE-40GB",
		"20f3": "NVIDIA A800-SXM4-80GB",
		"20f5": "NVIDIA A800 80GB PCIe",
		"2235": "NVIDIA A40",
		"2236": "NVIDIA A10",
		"2237": "NVIDIA A10G",
		"2321": "NVIDIA H100 NVL",
		"2322": "NVIDIA H800 PCIe",
		"2324": "NVIDIA H800",
		"2329": "NVIDIA H20",
		"232c": "NVIDIA H20-3e",
		"2330": "NVIDIA H100 80GB HBM3",
		"2331": "NVIDIA H100 PCIe",
		"2335": "NVIDIA H200",
		"2339": "NVIDIA H100",
		"233a": "NVIDIA H800 NVL",
		"233b": "NVIDIA H200 NVL",
		"2342": "NVIDIA GH200 480GB",
		"26b5": "NVIDIA L40",
		"26b9": "NVIDIA L40S",
		"26ba": "NVIDIA L20",
		"27b8": "NVIDIA L4",
		"2901": "NVIDIA B200",
		"2941": "NVIDIA GB200",
		"2bb5": "NVIDIA RTX PRO 6000 Blackwell Server Edition",
		"3182": "NVIDIA B300",
		"31c2": "NVIDIA GB300",
	}, values: vocabulary{
		"gpu": []string{
			"a100",
			"b200",
			"gb200",
			"h100",
			"h200",
			"l40",
			"l40s",
		},
		"intent": []string{
			"inference",
			"training",
		},
		"os": []string{
			"amazonlinux",
			"cos",
			"oraclelinux",
			"rhel",
			"ubuntu",
		},
		"service": []string{
			"aks",
			"eks",
			"gke",
			"oke",
			"self-managed",
		},
	}, subtypes: []string{
		"config",
		"image",
		"network-config",
		"node",
		"server",
	}}
}
