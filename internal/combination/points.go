// SPDX-License-Identifier: Apache-2.0

package combination

import "slices"

// Points lists every point once, in an order that never changes: the matrix of
// platforms, Kubernetes versions and options, then what changes one thing more
// on plain platforms.
func Points() []Point {
	return slices.Concat(matrix(), systemVersions(), driverSources(), addressPools(), namedBundlers())
}

// matrix crosses platforms with MIG, RDMA and GDS.
func matrix() []Point {
	points := platforms("inference", "training")
	points = cross(points, []string{NoMIG, SingleMIG, MixedMIG}, func(p *Point, v string) { p.MIG = v })
	points = cross(points, []bool{false, true}, func(p *Point, v bool) { p.RDMA = v })
	return cross(points, []bool{false, true}, func(p *Point, v bool) { p.GDS = v })
}

// platforms crosses services, operating systems, GPUs, intents and Kubernetes
// versions, whether somebody sells them or not.
func platforms(intents ...string) []Point {
	points := []Point{{MIG: NoMIG}}
	points = cross(points, []string{"aks", "eks", "gke", "oke", "self-managed"}, func(p *Point, v string) { p.Service = v })
	points = cross(points, []string{"amazonlinux", "cos", "oraclelinux", "rhel", "ubuntu"}, func(p *Point, v string) { p.OS = v })
	points = cross(points, []string{"a100", "b200", "gb200", "h100", "h200", "l40", "l40s"}, func(p *Point, v string) { p.GPU = v })
	points = cross(points, intents, func(p *Point, v string) { p.Intent = v })
	minors := []string{"1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}
	return cross(points, minors, func(p *Point, v string) { p.Kubernetes = v })
}

// systemVersions are releases and kernels of the operating systems for which
// releases and hardware differ.
func systemVersions() []Point {
	type version struct{ os, osv, kernel string }
	versions := []version{
		{"amazonlinux", "2", ""},
		{"amazonlinux", "2023", ""},
		{"oraclelinux", "8", ""},
		{"oraclelinux", "9", ""},
		{"ubuntu", "20.04", ""},
		{"ubuntu", "22.04", "5.15.0-1063"},
		{"ubuntu", "24.04", "6.8.0-1028"},
	}
	points := cross(platforms("training"), versions, func(p *Point, v version) {
		if p.OS == v.os {
			p.OSVersion, p.Kernel = v.osv, v.kernel
		}
	})
	return slices.DeleteFunc(points, func(p Point) bool { return p.OSVersion == "" })
}

// driverSources say who brings the driver, whatever is usual on the platform.
func driverSources() []Point {
	points := cross(platforms("training"), []string{"image", "operator"}, func(p *Point, v string) { p.Driver = v })
	return cross(points, []bool{false, true}, func(p *Point, v bool) { p.GDS = v })
}

// addressPools give pods addresses on the RDMA network, where the platform needs
// the component for it and where it is named.
func addressPools() []Point {
	return cross(platforms("training"), []string{"", "network-operator"}, func(p *Point, v string) {
		p.RDMA, p.Addresses, p.Bundler = true, true, v
	})
}

// namedBundlers render one component alone, whether the platform needs it or not.
// Every point above has the GPU Operator.
func namedBundlers() []Point {
	names := []string{"aws-efa-k8s-device-plugin", "network-operator", "nvidia-dra-driver-gpu"}
	return cross(platforms("training"), names, func(p *Point, v string) { p.Bundler = v })
}

// cross returns each point with each value, set by a function.
func cross[V any](points []Point, values []V, set func(*Point, V)) []Point {
	crossed := make([]Point, 0, len(points)*len(values))
	for _, p := range points {
		for _, v := range values {
			with := p
			set(&with, v)
			crossed = append(crossed, with)
		}
	}
	return crossed
}
