// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestLoadFSConcatenatesInPathOrder(t *testing.T) {
	t.Parallel()
	kmod := func(module string) string {
		return "types: [{type: OS, subtypes: [{subtype: kmod, data: {" + module + ": true}}]}]"
	}
	c, err := recipe.LoadFS(t.Context(), fstest.MapFS{
		"a/z.json":  {Data: []byte(`{"overlays": [{"key": {"service": "eks"}}, {"key": {"gpu": "h100", "service": "eks"}}]}`)},
		"a.yaml":    {Data: []byte("overlays:\n- key: {os: ubuntu}\n  " + kmod("nvidia"))},
		"b.yml":     {Data: []byte("{version: '7', base: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]}")},
		"README.md": {Data: []byte("not a fragment: [")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := buildRecipe(t, c, recipe.Request{Query: document.Query{Service: "eks", GPU: "h100", OS: "ubuntu"}}).Recipe
	if diff := cmp.Diff([]string{"os=ubuntu", "service=eks", "service=eks,gpu=h100"}, got.MatchedRules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if c.Version() != "7" || got.Metadata.Version != "7" {
		t.Errorf("got version %q and %q, want 7", c.Version(), got.Metadata.Version)
	}
	if diff := cmp.Diff(map[string]string{"OS/kmod/efa": "true", "OS/kmod/nvidia": "true"}, flat(got.Measurements)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestLoadFSRefuses(t *testing.T) {
	t.Parallel()
	const base = "base: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]\n"
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"no files":              {want: "neither a base nor overlays"},
		"empty file":            {files: map[string]string{"a.yaml": "# nothing\n"}, want: "a.yaml: line 1, column 1: the document is empty"},
		"empty mapping":         {files: map[string]string{"a.yaml": "{}"}, want: "the catalog is empty"},
		"unknown section":       {files: map[string]string{"a.yaml": "layers: []"}, want: `a.yaml: line 1, column 1: layers: unknown field "layers"; expected version, components, base, overlays, platforms, products, services, systems, gpus, nodes, facts or rules`},
		"no mapping":            {files: map[string]string{"a.yaml": "[]"}, want: "a.yaml: line 1, column 1: got a list"},
		"broken YAML":           {files: map[string]string{"x/a.yaml": "base:\n\t- 1"}, want: "x/a.yaml: line 2"},
		"two bases":             {files: map[string]string{"a.yaml": base, "b.yaml": base}, want: "b.yaml: line 1, column 7: base: the base is given twice"},
		"two versions":          {files: map[string]string{"a.yaml": base + "version: 1", "b.yaml": "version: 2"}, want: "b.yaml: line 1, column 10: version: the version is given twice; an earlier file says \"1\""},
		"empty version":         {files: map[string]string{"a.yaml": base + "version: ''"}, want: "version: the version is empty"},
		"version of parts":      {files: map[string]string{"a.yaml": base + "version: [1]"}, want: "version: got a list"},
		"null in the base":      {files: map[string]string{"a.yaml": "base: [{type: OS, subtypes: [{subtype: kmod, data: {efa: null}}]}]"}, want: "base[0].subtypes[0].data.efa: got null"},
		"overlays no list":      {files: map[string]string{"a.yaml": "overlays: {}"}, want: "overlays: got a mapping"},
		"broken overlay":        {files: map[string]string{"a.yaml": "overlays:\n- key: {gpu: h100}\n- key: {osv: x}"}, want: "a.yaml: line 3, column 14: overlays[1].key.osv: \"x\" is not a version"},
		"platforms no list":     {files: map[string]string{"a.yaml": "platforms: 1"}, want: "platforms: got \"1\""},
		"platform without name": {files: map[string]string{"a.yaml": "platforms: [{os: [cos]}]"}, want: `platforms[0]: the field "service" is missing`},
		"platform any":          {files: map[string]string{"a.yaml": "platforms: [{service: any}]"}, want: "platforms[0].service: got \"any\", want a name"},
		"platform name no text": {files: map[string]string{"a.yaml": "platforms: [{service: []}]"}, want: "platforms[0].service: got a list"},
		"platform unknown":      {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpu: h100}]"}, want: `unknown field "gpu"`},
		"platform os":           {files: map[string]string{"a.yaml": "platforms: [{service: eks, os: cos}]"}, want: "platforms[0].os: got \"cos\", want a list"},
		"platform os any":       {files: map[string]string{"a.yaml": "platforms: [{service: eks, os: [any]}]"}, want: "platforms[0].os[0]: got \"any\", want a name"},
		"platform os item":      {files: map[string]string{"a.yaml": "platforms: [{service: eks, os: [{}]}]"}, want: "platforms[0].os[0]: got a mapping"},
		"platform gpus":         {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: h100}]"}, want: "platforms[0].gpus: got \"h100\", want a list"},
		"platform gpu":          {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: [h100]}]"}, want: "platforms[0].gpus[0]: got \"h100\", want a mapping"},
		"platform gpu name":     {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: [{fabric: efa}]}]"}, want: `the field "gpu" is missing`},
		"platform types":        {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: [{gpu: h100, instanceTypes: p5}]}]"}, want: "instanceTypes: got \"p5\", want a list"},
		"platform fabric":       {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: [{gpu: h100, fabric: [efa]}]}]"}, want: "fabric: got a list"},
		"platform sets":         {files: map[string]string{"a.yaml": "platforms: [{service: eks, gpus: [{gpu: h100, types: [{type: CPU, subtypes: []}]}]}]"}, want: "platforms[0].gpus[0].types[0].type: unknown measurement type"},
		"system without why":    {files: map[string]string{"a.yaml": "systems: [{os: flatcar, without: []}]"}, want: "systems[0].without: got a list"},
		"siblings as a list":    {files: map[string]string{"a.yaml": "gpus: [{gpu: h100, siblings: [h20]}]"}, want: "gpus[0].siblings: got a list, want a mapping"},
		"a sibling without why": {files: map[string]string{"a.yaml": "gpus: [{gpu: h100, siblings: {h20: [x]}}]"}, want: "gpus[0].siblings.h20: got a list"},
		"a sibling of two":      {files: map[string]string{"a.yaml": "gpus: [{gpu: h100, siblings: {h20: a}}, {gpu: a100, siblings: {H20: b}}]"}, want: `gpus[1].siblings.H20: "h20" is given twice; an earlier row says that it takes the recipe of h100`},
		"a GPU given twice":     {files: map[string]string{"a.yaml": "gpus: [{gpu: h100, siblings: {h20: a}}, {gpu: H100, siblings: {h800: b}}]"}, want: `gpus[1]: the GPU "h100" is given twice`},
		"products no mapping":   {files: map[string]string{"a.yaml": "products: [2330]"}, want: "products: got a list, want a mapping"},
		"product id":            {files: map[string]string{"a.yaml": "products: {20F1: NVIDIA A100}"}, want: `products.20F1: "20F1" is not a PCI device id`},
		"product blank":         {files: map[string]string{"a.yaml": "products: {2330: ' '}"}, want: "products.2330: the name is blank"},
		"product no text":       {files: map[string]string{"a.yaml": "products: {2330: []}"}, want: "products.2330: got a list"},
		"product twice":         {files: map[string]string{"a.yaml": "products: {2330: NVIDIA H100}", "b.yaml": "products: {'2330': NVIDIA H200}"}, want: `b.yaml: line 1, column 20: products.2330: the product "2330" is given twice; an earlier file says "NVIDIA H100"`},
		"platform twice":        {files: map[string]string{"a.yaml": "platforms: [{service: eks}]", "b.yaml": "platforms: [{service: EKS}]"}, want: "b.yaml: line 1, column 13: platforms[0]: the service \"eks\" is given twice"},
		"services no list":      {files: map[string]string{"a.yaml": "services: {}"}, want: "services: got a mapping, want a list"},
		"service unknown":       {files: map[string]string{"a.yaml": "services: [{service: eks, labels: [x]}]"}, want: `a.yaml: line 1, column 27: services[0].labels: unknown field "labels"; expected service, default, also, providerIDs`},
		"service without name":  {files: map[string]string{"a.yaml": "services: [{}]"}, want: `services[0]: the field "service" is missing`},
		"service twice":         {files: map[string]string{"a.yaml": "services: [{service: sky}]", "b.yaml": "services: [{service: Sky}]"}, want: `b.yaml: line 1, column 12: services[0]: the service "sky" is given twice`},
		"service kubelet":       {files: map[string]string{"a.yaml": "services: [{service: sky, kubelet: '('}]"}, want: "services[0].kubelet: error parsing regexp: missing closing )"},
		"service kubelets":      {files: map[string]string{"a.yaml": "services: [{service: sky, kubelet: []}]"}, want: "services[0].kubelet: got a list"},
		"service blank mark":    {files: map[string]string{"a.yaml": "services: [{service: sky, tags: ['']}]"}, want: "services[0].tags[0]: the text is blank"},
		"service default":       {files: map[string]string{"a.yaml": "services: [{service: sky, default: 1}]"}, want: `services[0].default: got "1", want true or false`},
		"two defaults":          {files: map[string]string{"a.yaml": "services: [{service: sky, default: true}, {service: sea, default: true}]"}, want: "services[1].default: the default is given twice; an earlier one is sky"},
		"system without name":   {files: map[string]string{"a.yaml": "systems: [{ids: [x]}]"}, want: `systems[0]: the field "os" is missing`},
		"system twice":          {files: map[string]string{"a.yaml": "systems: [{os: flat}, {os: flat}]"}, want: `systems[1]: the system "flat" is given twice`},
		"system id":             {files: map[string]string{"a.yaml": "systems: [{os: flat, ids: flat}]"}, want: `systems[0].ids: got "flat", want a list`},
		"system image":          {files: map[string]string{"a.yaml": "systems: [{os: flat, images: [{id: flat}]}]"}, want: "systems[0].images[0]: the prefix is missing"},
		"system numbers":        {files: map[string]string{"a.yaml": "systems: [{os: flat, images: [{prefix: Flat, numbers: -1}]}]"}, want: `systems[0].images[0].numbers: got "-1", want a number of 0 or more`},
		"system numbers list":   {files: map[string]string{"a.yaml": "systems: [{os: flat, images: [{prefix: Flat, numbers: []}]}]"}, want: "systems[0].images[0].numbers: got a list"},
		"component blank":       {files: map[string]string{"a.yaml": base + "components: ['']"}, want: "components[0]: the text is blank"},
		"no conditions":         {files: map[string]string{"a.yaml": "overlays: [{when: null}]"}, want: "overlays[0].when: got null, want conditions"},
		"oldest driver":         {files: map[string]string{"a.yaml": "overlays: [{types: [{type: GPU, subtypes: [{subtype: driver, data: {minimum-version: new}}]}]}]"}, want: `a.yaml: line 1, column 20: overlays[0].types: GPU/driver/minimum-version: "new" is not a version`},
		"platforms alone":       {files: map[string]string{"a.yaml": "platforms: [{service: eks}]"}, want: "neither a base nor overlays"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := fstest.MapFS{}
			for file, text := range tt.files {
				tree[file] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := recipe.LoadFS(t.Context(), tree)
			wantErrors(t, err, [2]string{"catalog", tt.want})
		})
	}
}

func TestLoadReportsThePlace(t *testing.T) {
	t.Parallel()
	_, err := recipe.Load(t.Context(), []byte("overlays:\n- {}"))
	wantErrors(t, err, [2]string{"catalog", "catalog: line 2, column 3: overlays[0]: the overlay is empty"})
	var place *document.Error
	if !errors.As(err, &place) || place.Line != 2 || place.Column != 3 {
		t.Errorf("got %v, want the place of a *document.Error", err)
	}
}

// brokenFS refuses to open one file or directory.
type brokenFS struct {
	fs.FS
	broken string
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.broken {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.FS.Open(name)
}

func TestLoadFSReportsUnreadableFiles(t *testing.T) {
	t.Parallel()
	_, err := recipe.LoadFS(t.Context(), brokenFS{fstest.MapFS{"a.yaml": {}}, "a.yaml"})
	wantErrors(t, err, [2]string{"catalog", "reading the catalog: open a.yaml"})
	_, err = recipe.LoadFS(t.Context(), brokenFS{fstest.MapFS{"a.yaml": {}}, "."})
	wantErrors(t, err, [2]string{"catalog", "listing the catalog"})
}

func TestValues(t *testing.T) {
	t.Parallel()
	c := loadCatalog(t)
	want := map[string][]string{
		"os": {"amazonlinux", "cos", "ubuntu"}, "service": {"eks", "gke", "self-managed"}, "gpu": {"b200", "gb200", "h100"}, "intent": {"training"},
		"k8s": nil, "": nil,
	}
	for field, values := range want {
		if diff := cmp.Diff(values, c.Values(field)); diff != "" {
			t.Errorf("values of %q (-want +got):\n%s", field, diff)
		}
	}
	c.Values("gpu")[0] = "changed"
	c.Platforms()[0].GPUs[0].InstanceTypes[0] = "changed"
	c.Platforms()[0].OS[0] = "changed"
	if diff := cmp.Diff(want["gpu"], c.Values("gpu")); diff != "" {
		t.Errorf("a caller changed the catalog (-want +got):\n%s", diff)
	}
	wantPlatform := recipe.Platform{Service: "eks", OS: []string{"ubuntu", "amazonlinux"}, GPUs: []recipe.PlatformGPU{
		{GPU: "h100", InstanceTypes: []string{"p5.48xlarge"}, Fabric: "efa"}, {GPU: "gb200", InstanceTypes: []string{"p6e-gb200.36xlarge"}, Fabric: "efa"},
	}}
	if diff := cmp.Diff(wantPlatform, c.Platforms()[0]); diff != "" {
		t.Errorf("platform (-want +got):\n%s", diff)
	}
	if got := mustLoad(t, "overlays: [{key: {gpu: h100}}]").Platforms(); got != nil {
		t.Errorf("got platforms %v of a catalog without a table", got)
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	overlay := func(key, value string) string {
		return "- {key: {" + key + "}, types: [{type: OS, subtypes: [{subtype: kmod, data: {efa: " + value + "}}]}]}\n"
	}
	tests := map[string]struct {
		overlays string
		want     []string
	}{
		"different dimensions":    {overlay("gpu: h100", "true") + overlay("os: cos", "false"), []string{`gpu=h100 and os=cos are equally specific and set OS/kmod/efa differently ("true", "false")`}},
		"same value":              {overlay("gpu: h100", "true") + overlay("os: cos", "true"), nil},
		"bool and string":         {overlay("gpu: h100", "true") + overlay("os: cos", "'true'"), []string{`gpu=h100 and os=cos are equally specific and set OS/kmod/efa differently ("true", "true")`}},
		"removal":                 {overlay("gpu: h100", "null") + overlay("os: cos", "true"), []string{`gpu=h100 and os=cos are equally specific and set OS/kmod/efa differently (removed, "true")`}},
		"exclusive":               {overlay("gpu: h100", "true") + overlay("gpu: b200", "false"), nil},
		"more specific":           {overlay("gpu: h100", "true") + overlay("gpu: h100, os: cos", "false"), nil},
		"ranges apart":            {overlay("k8s: '< 1.30'", "true") + overlay("k8s: '>= 1.30'", "false"), nil},
		"ranges that share a bit": {overlay("k8s: '<= 1.30'", "true") + overlay("k8s: '>= 1.30'", "false"), []string{`k8s=<=1.30 and k8s=>=1.30 are equally specific and set OS/kmod/efa differently ("true", "false")`}},
		"prefix in a range":       {overlay("k8s: '1.31'", "true") + overlay("k8s: '>= 1.30, < 1.32'", "false"), []string{`k8s=1.31 and k8s=>=1.30 <1.32 are equally specific and set OS/kmod/efa differently ("true", "false")`}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, mustLoad(t, "overlays:\n"+tt.overlays).Conflicts()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEmbeddedCatalogLoads(t *testing.T) {
	t.Parallel()
	c, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if c.Version() == "" || !strings.Contains(strings.Join(c.Values("gpu"), " "), "h100") {
		t.Errorf("got version %q and GPUs %v, want a version and h100 among them", c.Version(), c.Values("gpu"))
	}
	buildRecipe(t, c, recipe.Request{})
}

// FuzzLoad proves that any text is either refused as the catalog or makes one
// that answers queries without a panic, whatever is asked.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		extractCatalog, "{}", "base: []", "overlays: [{key: {k8s: '>= 1.30, < 1.33'}}]", "version: 1\nbase: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]",
		"platforms: [{service: eks, os: [any], gpus: [{gpu: h100}]}]", "gpus: [{gpu: a, siblings: {b: c}}]\nplatforms: [{service: eks, gpus: [{gpu: h100, types: [{type: OS, subtypes: [{subtype: a, data: {b: null}}]}]}]}]",
		"products: {2330: NVIDIA H100}", "services: [{service: sky, default: true, providerIDs: ['sky://'], kubelet: '-sky$', tags: [x]}]\nbase: [{type: GPU, subtypes: [{subtype: driver, data: {minimum-version: 1}}]}]",
		"systems: [{os: flat, ids: [a, b], images: [{prefix: 'Flat ', id: a, numbers: 2}]}]\noverlays: [{key: {os: b}}]", `{"overlays": [{"key": {"os": "amzn"}, "constraints": {"driver": ">= 1"}}]}`,
	} {
		f.Add(text)
	}
	snapshot := loadSnapshot(f)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := recipe.Load(t.Context(), []byte(text))
		if err != nil {
			wantErrors(t, err, [2]string{"catalog", ""})
			return
		}
		c.Conflicts()
		c.Extract(snapshot)
		for _, request := range []recipe.Request{{}, {Snapshot: &snapshot, AllowUncovered: true}} {
			if result, err := c.Build(t.Context(), request); err == nil && len(result.Provenance) != len(flat(result.Recipe.Measurements)) {
				t.Errorf("%d values, %d provenances", len(flat(result.Recipe.Measurements)), len(result.Provenance))
			}
		}
	})
}
