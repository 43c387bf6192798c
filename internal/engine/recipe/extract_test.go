// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestExtractCapturedShape(t *testing.T) {
	t.Parallel()
	want := recipe.Extraction{
		Query: document.Query{
			OS: "ubuntu", OSVersion: "22.04", Kernel: "6.8.0-1028-aws", Service: "eks", K8s: "v1.33.5-eks-3025e55", GPU: "gb200",
		},
		Sources: map[string]string{
			"os": "OS/release/ID", "osv": "K8s/node/os-image", "kernel": "OS/sysctl//proc/sys/kernel/osrelease",
			"service": "K8s/node/provider", "k8s": "K8s/server/version", "gpu": "GPU/smi/gpu.model",
		},
		Findings: []recipe.Finding{{Rule: "sources-disagree", Field: "osv", Message: `K8s/node/os-image says "Ubuntu 22.04.5 LTS", OS/release/VERSION_ID says "24.04"; used the first: 22.04`}},
		Missing:  map[string]string{"intent": "K8s/config/intent is absent"},

		System:        "ubuntu",
		Unsupported:   map[string]string{},
		InstanceTypes: []string{"p6e-gb200.36xlarge"},
	}
	if diff := cmp.Diff(want, loadCatalog(t).Extract(loadSnapshot(t))); diff != "" {
		t.Errorf("extraction (-want +got):\n%s", diff)
	}
}

// extractCatalog knows every value that the field's tests use.
const extractCatalog = `
systems:
- {os: bottlerocket, ids: [bottlerocket], images: [{prefix: "Bottlerocket OS ", id: bottlerocket}], without: a plugin of its own}
overlays:
- key: {gpu: a100}
- key: {gpu: h100}
- key: {gpu: h200}
- key: {gpu: b200}
- key: {gpu: gb200}
- key: {gpu: l40}
- key: {gpu: l40s}
- key: {os: ubuntu}
- key: {os: cos}
- key: {os: rhel}
- key: {os: amazonlinux}
- key: {os: oraclelinux}
- key: {intent: training}
platforms:
- {service: eks, gpus: [{gpu: h100, instanceTypes: [p5.48xlarge, odd]}, {gpu: l40s, instanceTypes: [g6e.xlarge]}, {gpu: l40s, instanceTypes: [g6e.48xlarge, odd]}]}
- {service: gke}
- {service: aks}
- {service: oke}
- {service: self-managed}
products: {"20f1": NVIDIA A100-PCIE-40GB, "2330": NVIDIA H100 80GB HBM3, "27b8": NVIDIA L4}
`

func TestExtractFields(t *testing.T) {
	t.Parallel()
	type readings = map[string]string
	tests := map[string]struct {
		snapshot    readings
		field       string
		want        string // "" when the field stays empty
		source      string // of a value, or part of Missing
		wantWarning string // "" for none
	}{
		"k8s unreadable": {snapshot: readings{"K8s/server/version": "abc"}, field: "k8s", source: `K8s/server/version says "abc"`, wantWarning: "nothing usable was read"},

		"provider":              {snapshot: readings{"K8s/node/provider": " EKS"}, field: "service", want: "eks", source: "K8s/node/provider"},
		"self-managed provider": {snapshot: readings{"K8s/node/provider": "self-managed"}, field: "service", want: "self-managed", source: "K8s/node/provider"},
		"EC2 is not yet EKS":    {snapshot: readings{"K8s/node/provider": "aws", "K8s/server/version": "v1.33.5"}, field: "service", source: `K8s/node/provider says "aws", K8s/server/version says "v1.33.5", K8s/image is absent`},
		"eks suffix":            {snapshot: readings{"K8s/node/provider": "aws", "K8s/server/version": "v1.33.5-eks-3025e55"}, field: "service", want: "eks", source: "K8s/server/version"},
		"gke suffix":            {snapshot: readings{"K8s/server/version": "v1.33.5-gke.1080000"}, field: "service", want: "gke", source: "K8s/server/version"},
		"eks image tag":         {snapshot: readings{"K8s/image/kube-proxy": "v1.33.0-eksbuild.2"}, field: "service", want: "eks", source: "K8s/image/kube-proxy"},
		"gke image tag":         {snapshot: readings{"K8s/image/kube-proxy": "v1.33.0-gke.1"}, field: "service", want: "gke", source: "K8s/image/kube-proxy"},
		"gke image":             {snapshot: readings{"K8s/image/gke-metadata-server": "1"}, field: "service", want: "gke", source: "K8s/image/gke-metadata-server"},
		"aks image":             {snapshot: readings{"K8s/image/azure-cns": "v1.6"}, field: "service", want: "aks", source: "K8s/image/azure-cns"},
		"oke image":             {snapshot: readings{"K8s/image/cloud-provider-oci": "1"}, field: "service", want: "oke", source: "K8s/image/cloud-provider-oci"},
		"portable image":        {snapshot: readings{"K8s/image/aws-ebs-csi-driver": "v1.31.0"}, field: "service", source: "no image of a known service"},
		"services disagree": {
			snapshot: readings{"K8s/node/provider": "gke", "K8s/server/version": "v1.33.5-eks-1"}, field: "service", want: "gke", source: "K8s/node/provider",
			wantWarning: `K8s/node/provider says "gke", K8s/server/version says "v1.33.5-eks-1"; used the first: gke`,
		},

		"os-release family":          {snapshot: readings{"OS/release/ID": "rocky"}, field: "os", want: "rhel", source: "OS/release/ID"},
		"os-release unknown":         {snapshot: readings{"OS/release/ID": "debian", "OS/release/VERSION_ID": "12"}, field: "os", source: `OS/release/ID says "debian"`},
		"os-release without recipes": {snapshot: readings{"OS/release/ID": "bottlerocket"}, field: "os", source: `OS/release/ID says "bottlerocket": a plugin of its own`},
		"version of unknown os":      {snapshot: readings{"OS/release/ID": "debian", "OS/release/VERSION_ID": "12"}, field: "osv", source: `OS/release/VERSION_ID says "12"`},
		"node image only":            {snapshot: readings{"K8s/node/os-image": "Amazon Linux 2023.6.20241010"}, field: "os", want: "amazonlinux", source: "K8s/node/os-image"},
		"node version only":          {snapshot: readings{"K8s/node/os-image": "Amazon Linux 2023.6.20241010"}, field: "osv", want: "2023", source: "K8s/node/os-image"},
		"the same, more exactly":     {snapshot: readings{"OS/release/ID": "ol", "OS/release/VERSION_ID": "8.10", "K8s/node/os-image": "Oracle Linux Server 8.10"}, field: "osv", want: "8.10", source: "OS/release/VERSION_ID"},
		"the node beats the agent's container": {
			snapshot: readings{"OS/release/ID": "debian", "OS/release/VERSION_ID": "12", "K8s/node/os-image": "Ubuntu 24.04.3 LTS"}, field: "os", want: "ubuntu", source: "K8s/node/os-image",
			wantWarning: `K8s/node/os-image says "Ubuntu 24.04.3 LTS", OS/release/ID says "debian"; used the first: ubuntu`,
		},
		"and its version goes with it": {
			snapshot: readings{"OS/release/ID": "ubuntu", "OS/release/VERSION_ID": "24.04", "K8s/node/os-image": "Container-Optimized OS from Google"}, field: "osv", source: "OS/release/VERSION_ID",
			wantWarning: `OS/release/ID says "ubuntu"; used the first: cos`,
		},
		"an unknown node is not the agent's container": {
			snapshot: readings{"OS/release/ID": "ubuntu", "OS/release/VERSION_ID": "24.04", "K8s/node/os-image": "Bottlerocket OS 1.20.0 (aws-k8s-1.30)"}, field: "os",
			source: `K8s/node/os-image says "Bottlerocket OS 1.20.0 (aws-k8s-1.30)": a plugin of its own, OS/release/ID says "ubuntu"`,
		},
		"RHEL":           {snapshot: readings{"K8s/node/os-image": "Red Hat Enterprise Linux 9.4 (Plow)"}, field: "osv", want: "9.4", source: "K8s/node/os-image"},
		"RHCOS":          {snapshot: readings{"K8s/node/os-image": "Red Hat Enterprise Linux CoreOS 417.94"}, field: "os", source: "CoreOS"},
		"CentOS Stream":  {snapshot: readings{"K8s/node/os-image": "CentOS Stream 9"}, field: "osv", want: "9", source: "K8s/node/os-image"},
		"kernel of grub": {snapshot: readings{"OS/grub/BOOT_IMAGE": "(hd0,gpt2)/boot/vmlinuz-5.14.0-427.el9.x86_64"}, field: "kernel", want: "5.14.0-427.el9.x86_64", source: "OS/grub/BOOT_IMAGE"},
		"no kernel":      {snapshot: readings{"OS/grub/BOOT_IMAGE": "/syslinux/vmlinuz.A"}, field: "kernel", source: "vmlinuz.A", wantWarning: "nothing usable was read"},
		"kernel of node": {snapshot: readings{"OS/grub/BOOT_IMAGE": "/syslinux/vmlinuz.A", "K8s/node/kernel-version": "6.6.72+"}, field: "kernel", want: "6.6.72+", source: "K8s/node/kernel-version"},
		"kernels disagree": {
			snapshot: readings{"OS/sysctl//proc/sys/kernel/osrelease": "6.8.0-1029-aws", "OS/grub/BOOT_IMAGE": "/boot/vmlinuz-6.8.0-1028-aws"}, field: "kernel", want: "6.8.0-1029-aws", source: "OS/sysctl//proc/sys/kernel/osrelease",
			wantWarning: `OS/grub/BOOT_IMAGE says "/boot/vmlinuz-6.8.0-1028-aws"`,
		},
		"intent":         {snapshot: readings{"K8s/config/intent": "Training"}, field: "intent", want: "training", source: "K8s/config/intent"},
		"unknown intent": {snapshot: readings{"K8s/config/intent": "gaming"}, field: "intent", source: `says "gaming"`, wantWarning: "nothing usable was read"},

		"model":           {snapshot: readings{"GPU/smi/model": "NVIDIA H100 80GB HBM3"}, field: "gpu", want: "h100", source: "GPU/smi/model"},
		"device":          {snapshot: readings{"GPU/device/model": "NVIDIA A100-SXM4-40GB"}, field: "gpu", want: "a100", source: "GPU/device/model"},
		"label":           {snapshot: readings{"K8s/node/gpu-product": "NVIDIA-H200-NVL-SHARED"}, field: "gpu", want: "h200", source: "K8s/node/gpu-product"},
		"label with MIG":  {snapshot: readings{"K8s/node/gpu-product": "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb"}, field: "gpu", want: "h100", source: "K8s/node/gpu-product"},
		"instance type":   {snapshot: readings{"K8s/node/instance-type": "P5.48xlarge"}, field: "gpu", want: "h100", source: "K8s/node/instance-type"},
		"second row":      {snapshot: readings{"K8s/node/instance-type": "g6e.48xlarge"}, field: "gpu", want: "l40s", source: "K8s/node/instance-type"},
		"undecided type":  {snapshot: readings{"K8s/node/instance-type": "odd"}, field: "gpu", source: `K8s/node/instance-type says "odd"`},
		"gke accelerator": {snapshot: readings{"K8s/node/gke-accelerator": "nvidia-h100-mega-80gb"}, field: "gpu", want: "h100", source: "K8s/node/gke-accelerator"},
		"tesla":           {snapshot: readings{"K8s/node/gke-accelerator": "nvidia-tesla-a100"}, field: "gpu", want: "a100", source: "K8s/node/gke-accelerator"},
		"gke L4":          {snapshot: readings{"K8s/node/gke-accelerator": "nvidia-l4"}, field: "gpu", source: `says "nvidia-l4": a GPU that no recipe is for`},
		"pci id":          {snapshot: readings{"GPU/device/pci-id": "20F1"}, field: "gpu", want: "a100", source: "GPU/device/pci-id"},
		"pci id of L4":    {snapshot: readings{"GPU/device/pci-id": "27b8", "K8s/node/instance-type": "p5.48xlarge"}, field: "gpu", source: `GPU/device/pci-id says "27b8": NVIDIA L4, a GPU that no recipe is for`},
		"pci id nobody knows": {
			snapshot: readings{"GPU/device/pci-id": "ffff"}, field: "gpu", source: `GPU/device/pci-id says "ffff": a PCI device id that the catalog does not list`,
		},
		"pci id nobody knows, known instance type": {
			snapshot: readings{"GPU/device/pci-id": "ffff", "K8s/node/instance-type": "p5.48xlarge"}, field: "gpu", want: "h100", source: "K8s/node/instance-type",
		},
		"the driver's name beats the pci id": {
			snapshot: readings{"GPU/device/model": "NVIDIA H200", "GPU/device/pci-id": "2330"}, field: "gpu", want: "h200", source: "GPU/device/model", wantWarning: `GPU/device/pci-id says "2330"`,
		},
		"one product, numbered": {
			snapshot: readings{"GPU/device/model": "NVIDIA H100 NVL", "GPU/device/0.model": "NVIDIA H100 NVL", "GPU/device/1.model": "NVIDIA H100 PCIe"}, field: "gpu", want: "h100", source: "GPU/device/model",
		},
		"two products": {
			snapshot: readings{"GPU/device/model": "NVIDIA H100 NVL", "GPU/device/0.model": "NVIDIA H100 NVL", "GPU/device/1.model": "NVIDIA L4"}, field: "gpu", want: "h100", source: "GPU/device/model",
			wantWarning: `the GPUs of a node differ: GPU/device/0.model says "NVIDIA H100 NVL", GPU/device/1.model says "NVIDIA L4": a GPU that no recipe is for; the recipe is made for h100 alone`,
		},
		"two products without a driver": {
			snapshot: readings{"GPU/device/pci-id": "2330", "GPU/device/0.pci-id": "2330", "GPU/device/1.pci-id": "20f1"}, field: "gpu", want: "h100", source: "GPU/device/pci-id",
			wantWarning: `the GPUs of a node differ: GPU/device/0.pci-id says "2330", GPU/device/1.pci-id says "20f1"; the recipe is made for h100 alone`,
		},
		"two products without recipes": {
			snapshot: readings{"GPU/device/pci-id": "27b8", "GPU/device/0.pci-id": "27b8", "GPU/device/1.model": "Tesla T4"}, field: "gpu", source: "NVIDIA L4",
			wantWarning: "a recipe is made for one of them",
		},
		"nodes with other products": {
			snapshot: readings{"K8s/node/gpu-product": "NVIDIA-H100-NVL", "K8s/node-variance/gpu-product": "NVIDIA-H100-NVL: 3, NVIDIA-A100-SXM4-80GB: 1"}, field: "gpu", want: "h100", source: "K8s/node/gpu-product",
			wantWarning: `the GPUs of the nodes differ: K8s/node-variance/gpu-product says "NVIDIA-H100-NVL: 3, NVIDIA-A100-SXM4-80GB: 1"; the recipe is made for h100 alone`,
		},
		"nodes with other boards of one product": {
			snapshot: readings{"K8s/node/gpu-product": "NVIDIA-H100-NVL", "K8s/node-variance/gpu-product": "NVIDIA-H100-NVL: 3, NVIDIA-H100-PCIe: 1"}, field: "gpu", want: "h100", source: "K8s/node/gpu-product",
		},
		"nodes of types with other products": {
			snapshot: readings{"K8s/node/instance-type": "p5.48xlarge", "K8s/node-variance/instance-type": "p5.48xlarge: 2, g6e.xlarge: 2, m5.large: 1"}, field: "gpu", want: "h100", source: "K8s/node/instance-type",
			wantWarning: "the GPUs of the nodes differ: K8s/node-variance/instance-type says",
		},
		"nodes of types with one product": {
			snapshot: readings{"K8s/node/instance-type": "g6e.xlarge", "K8s/node-variance/instance-type": "g6e.xlarge: 2, g6e.48xlarge: 2, m5.large: 1"}, field: "gpu", want: "l40s", source: "K8s/node/instance-type",
		},
		"gpus disagree": {snapshot: readings{"GPU/smi/gpu.model": "NVIDIA H200", "K8s/node/instance-type": "p5.48xlarge"}, field: "gpu", want: "h200", source: "GPU/smi/gpu.model", wantWarning: `K8s/node/instance-type says "p5.48xlarge"; used the first: h200`},
		"no guess from the type": {
			snapshot: readings{"GPU/smi/gpu.model": "NVIDIA L4", "K8s/node/instance-type": "p5.48xlarge"}, field: "gpu", source: `GPU/smi/gpu.model says "NVIDIA L4"`,
		},
		"nothing": {field: "gpu", source: "GPU/smi/model is absent, GPU/smi/gpu.model is absent, GPU/device/model is absent, GPU/device/pci-id is absent, K8s/node/gpu-product is absent, K8s/node/instance-type is absent, K8s/node/gke-accelerator is absent"},
	}
	c := mustLoad(t, extractCatalog)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.Extract(snapshotOf(tt.snapshot))
			if value := *got.Query.Field(tt.field); value != tt.want {
				t.Errorf("%s: got %q, want %q", tt.field, value, tt.want)
			}
			if tt.want != "" && got.Sources[tt.field] != tt.source {
				t.Errorf("source: got %q, want %q", got.Sources[tt.field], tt.source)
			}
			if tt.want == "" && !strings.Contains(got.Missing[tt.field], tt.source) {
				t.Errorf("missing: got %q, want %q in it", got.Missing[tt.field], tt.source)
			}
			var messages []string
			for _, w := range got.Findings {
				messages = append(messages, w.Message)
			}
			if text := strings.Join(messages, "\n"); len(messages) > 1 || !strings.Contains(text, tt.wantWarning) || (tt.wantWarning == "") != (text == "") {
				t.Errorf("warnings: got %q, want %q", text, tt.wantWarning)
			}
		})
	}
}

func TestProductNamesMatchByWholeWords(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, extractCatalog)
	for name, want := range map[string]string{
		"NVIDIA GB200": "gb200", "NVIDIA B200": "b200", "NVIDIA H200": "h200", "NVIDIA L40S": "l40s", "NVIDIA L40": "l40", "NVIDIA A100 80GB PCIe": "a100",
		"NVIDIA GH200 480GB": "", "NVIDIA A100X": "", "NVIDIA L4": "", "NVIDIA A10G": "", "NVIDIA A10": "", "Tesla T4": "", "Tesla V100-SXM2-16GB": "",
		"NVIDIA H20": "", "NVIDIA H800": "", "NVIDIA B300": "", "NVIDIA GB300": "", "NVIDIA RTX PRO 6000 Blackwell": "",
	} {
		got := c.Extract(snapshotOf(map[string]string{"GPU/smi/model": name}))
		if got.Query.GPU != want {
			t.Errorf("%s: got %q, want %q", name, got.Query.GPU, want)
		}
		if want == "" && !strings.Contains(got.Missing["gpu"], name) {
			t.Errorf("%s: Missing says %q, want the name", name, got.Missing["gpu"])
		}
	}
}

func TestBuildFromSnapshot(t *testing.T) {
	t.Parallel()
	type readings = map[string]string
	full := readings{"K8s/node/provider": "eks", "K8s/node/os-image": "Ubuntu 22.04.5 LTS", "GPU/smi/model": "NVIDIA H100"}
	tests := map[string]struct {
		snapshot readings
		query    document.Query
		overlays []string
		want     document.Query
		sources  map[string]string
		wantErr  [][2]string
	}{
		"explicit wins": {
			snapshot: full, query: document.Query{GPU: "gb200", Intent: "training"},
			want:    document.Query{OS: "ubuntu", OSVersion: "22.04", Service: "eks", GPU: "gb200", Intent: "training"},
			sources: map[string]string{"os": "K8s/node/os-image", "osv": "K8s/node/os-image", "service": "K8s/node/provider"},
		},
		"any keeps a field open": {
			snapshot: full, query: document.Query{GPU: "any", OSVersion: "any"},
			want:    document.Query{OS: "ubuntu", Service: "eks"},
			sources: map[string]string{"os": "K8s/node/os-image", "service": "K8s/node/provider"},
		},
		"the version goes with its system": {
			snapshot: full, query: document.Query{OS: "amzn"},
			want:    document.Query{OS: "amazonlinux", Service: "eks", GPU: "h100"},
			sources: map[string]string{"service": "K8s/node/provider", "gpu": "GPU/smi/model"},
		},
		"stated where the snapshot is silent": {
			query:   document.Query{OS: "ubuntu", Service: "eks", GPU: "h100"},
			want:    document.Query{OS: "ubuntu", Service: "eks", GPU: "h100"},
			sources: map[string]string{},
		},
		"a user's overlay names a new gpu": {
			snapshot: readings{"K8s/node/provider": "eks", "OS/release/ID": "ubuntu", "GPU/smi/model": "NVIDIA B300"},
			overlays: []string{"key: {gpu: b300}"},
			want:     document.Query{OS: "ubuntu", Service: "eks", GPU: "b300"},
			sources:  map[string]string{"os": "OS/release/ID", "service": "K8s/node/provider", "gpu": "GPU/smi/model"},
		},
		"and its device, before there is a driver": {
			snapshot: readings{"K8s/node/provider": "eks", "OS/release/ID": "ubuntu", "GPU/device/pci-id": "3182"},
			overlays: []string{"key: {gpu: b300}"},
			want:     document.Query{OS: "ubuntu", Service: "eks", GPU: "b300"},
			sources:  map[string]string{"os": "OS/release/ID", "service": "K8s/node/provider", "gpu": "GPU/device/pci-id"},
		},
		"gaps": {
			snapshot: readings{"GPU/smi/model": "NVIDIA L4", "K8s/server/version": "v1.33.5"},
			want:     document.Query{K8s: "v1.33.5"},
			sources:  map[string]string{"k8s": "K8s/server/version"},
			wantErr: [][2]string{
				{"os", "the snapshot does not tell the os (OS/release/ID is absent, K8s/node/os-image is absent); set it"},
				{"service", `K8s/server/version says "v1.33.5"`},
				{"gpu", `GPU/smi/model says "NVIDIA L4"`},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, snapshot := loadCatalog(t), snapshotOf(tt.snapshot)
			request := recipe.Request{Query: tt.query, Snapshot: &snapshot, Overlays: tt.overlays}
			result, err := c.Build(t.Context(), request)
			wantErrors(t, err, tt.wantErr...)
			if err != nil {
				request.AllowUncovered = true
				result = buildRecipe(t, c, request)
				wantWarnings(t, result.Findings, tt.wantErr...)
			}
			if diff := cmp.Diff(tt.want, result.Recipe.Request); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.sources, result.Sources); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzExtractGPU proves that no text of a node breaks the extraction, and that
// a GPU is found only among those that the catalog knows.
func FuzzExtractGPU(f *testing.F) {
	for _, text := range []string{"NVIDIA H100 NVL", "2330", "27B8", "ffff", "p5.48xlarge: 3, g6e.xlarge: 1", ": 1, ", "NVIDIA-L40S-SHARED", "\xff", ""} {
		f.Add(text, text, text)
	}
	c := mustLoad(f, extractCatalog)
	known := c.Values("gpu")
	f.Fuzz(func(t *testing.T, model, id, counts string) {
		got := c.Extract(snapshotOf(map[string]string{
			"GPU/device/0.model": model, "GPU/device/1.pci-id": id, "GPU/device/pci-id": id,
			"K8s/node-variance/gpu-product": counts, "K8s/node-variance/instance-type": counts,
		}))
		if got.Query.GPU != "" && !slices.Contains(known, got.Query.GPU) {
			t.Errorf("%q, %q, %q: got the unknown GPU %q", model, id, counts, got.Query.GPU)
		}
		if got.Query.GPU == "" && got.Missing["gpu"] == "" {
			t.Errorf("%q, %q, %q: no GPU, and nothing says why", model, id, counts)
		}
	})
}
