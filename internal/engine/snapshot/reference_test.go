// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParseReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]reference{
		"busybox":                          {"docker.io/library", "busybox", "latest", ""},
		"docker.io/busybox:1":              {"docker.io/library", "busybox", "1", ""},
		"index.docker.io/a/b":              {"docker.io/a", "b", "latest", ""},
		"bitnami/nginx:1.27":               {"docker.io/bitnami", "nginx", "1.27", ""},
		"nvcr.io/nvidia/driver:580":        {"nvcr.io/nvidia", "driver", "580", ""},
		"localhost/x":                      {"localhost", "x", "latest", ""},
		"localhost:5000/x":                 {"localhost:5000", "x", "latest", ""},
		"Host/x:1":                         {"Host", "x", "1", ""},
		"127.0.0.1:80/a/b/c:v1":            {"127.0.0.1:80/a/b", "c", "v1", ""},
		"[::1]:5000/x:1":                   {"[::1]:5000", "x", "1", ""},
		"x@" + digest:                      {"docker.io/library", "x", "", digest},
		"quay.io/a/x:1@" + digest:          {"quay.io/a", "x", "1", digest},
		"a/b__c--d.e_f:T":                  {"docker.io/a", "b__c--d.e_f", "T", ""},
		"foo:5000":                         {"docker.io/library", "foo", "5000", ""},
		"x:" + strings.Repeat("t", 128):    {"docker.io/library", "x", strings.Repeat("t", 128), ""},
		"h.io/" + strings.Repeat("p", 250): {"h.io", strings.Repeat("p", 250), "latest", ""},
	} {
		got, err := parseReference(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(reference{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{
		"", " ", "x ", "x:", "x@", ":1", "/x", "x/", "a//b", "UPPER", "a/B", "x:-", "x:a:b", "-a/x", "h.io:port/x", "x@sha256:123", "x@md5", "-x", "x_", "a___b",
		"x@" + digest + "@" + digest, "http://h.io/x", "[::1/x", "x\n", "é", "x:" + strings.Repeat("t", 129), "h.io/" + strings.Repeat("p", 251),
	} {
		if got, err := parseReference(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// FuzzReference checks that a reference written in full is read as itself, and
// that its key can be told from every other one and from a plain name.
func FuzzReference(f *testing.F) {
	for _, seed := range []string{"busybox", "nvcr.io/nvidia/driver:580.95.05", "[::1]:5000/x:1@" + digest, "UPPER/x", "a/b@" + digest, "localhost:1/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseReference(text)
		if err != nil {
			return
		}
		again, err := parseReference(r.String())
		if err != nil || again != r {
			t.Errorf("%q is %+v, written in full %q is %+v (%v)", text, r, r.String(), again, err)
		}
		if strings.Contains(r.name, "@") || r.name == "" || r.value() == "" {
			t.Errorf("%q has the name %q and the value %q", text, r.name, r.value())
		}
		name, rest, _ := strings.Cut(r.key(), "@")
		if suffix := r.suffix(); strings.TrimSuffix(rest, suffix)+"/"+name+suffix != r.String() {
			t.Errorf("%q has the key %q, which is not its own", text, r.key())
		}
	})
}
