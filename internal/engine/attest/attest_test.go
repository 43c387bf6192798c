// SPDX-License-Identifier: Apache-2.0

package attest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/attest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// keyPair is a key as openssl writes it.
func keyPair(t *testing.T, key crypto.Signer) (*attest.PrivateKey, *attest.PublicKey) {
	t.Helper()
	private, err := attest.ParsePrivateKey(pemOf(t, "PRIVATE KEY", x509.MarshalPKCS8PrivateKey, any(key)))
	if err != nil {
		t.Fatal(err)
	}
	public, err := attest.ParsePublicKey(pemOf(t, "PUBLIC KEY", x509.MarshalPKIXPublicKey, any(key.Public())))
	if err != nil {
		t.Fatal(err)
	}
	if private.ID != public.ID {
		t.Errorf("the pair has the IDs %s and %s", private.ID, public.ID)
	}
	return private, public
}

func pemOf(t *testing.T, kind string, marshal func(any) ([]byte, error), key any) []byte {
	t.Helper()
	der, err := marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func edwards(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func elliptical(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signed is a bundle in a directory, with a statement where there is a key.
func signed(t *testing.T, gpu string, key *attest.PrivateKey) (dir string, statement []byte) {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	built, err := catalog.Build(t.Context(), recipe.Request{Query: document.Query{Service: "eks", OS: "ubuntu", GPU: gpu, Intent: "training", K8s: "1.34"}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.NewRenderer().Render(t.Context(), bundle.Request{Recipe: built.Recipe, Formats: []string{"argocd", "scripts"}})
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, f := range b.Files {
		put(t, filepath.Join(dir, filepath.FromSlash(f.Path)), f.Content)
	}
	if key != nil {
		if statement, err = attest.Sign(b, built.Recipe, "1.2.3", key); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, attest.StatementName), statement)
	}
	return dir, statement
}

func put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, dir string, keys ...*attest.PublicKey) *attest.Result {
	t.Helper()
	r, err := attest.Verify(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	for name, generate := range map[string]func(*testing.T) crypto.Signer{"Ed25519": edwards, "ECDSA": elliptical} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			private, public := keyPair(t, generate(t))
			_, other := keyPair(t, generate(t))
			dir, _ := signed(t, "h100", private)
			if r := verify(t, dir, other, public); len(r.Problems) > 0 || r.Signer != public || r.Eidos != "1.2.3" || r.Catalog == "" || r.Files < 10 {
				t.Errorf("got %+v", r)
			}
			if r := verify(t, dir); len(r.Problems) > 0 || !r.Signed || r.Signer != nil || len(r.KeyIDs) != 1 || r.KeyIDs[0] != public.ID {
				t.Errorf("without keys: %+v", r)
			}
			if r := verify(t, dir, other); len(r.Problems) != 1 || r.Signer != nil || !strings.Contains(r.Problems[0], "not signed by a key that was given") {
				t.Errorf("with another key: %+v", r)
			}
		})
	}
}

// TestSignaturesAreEqual: an Ed25519 key signs equal bundles with equal bytes.
func TestSignaturesAreEqual(t *testing.T) {
	t.Parallel()
	private, _ := keyPair(t, edwards(t))
	_, first := signed(t, "h100", private)
	_, second := signed(t, "h100", private)
	if string(first) != string(second) {
		t.Errorf("two statements of one bundle:\n%s\n%s", first, second)
	}
}

// TestStatementIsInToto reads what was signed as other tools do.
func TestStatementIsInToto(t *testing.T) {
	t.Parallel()
	private, _ := keyPair(t, edwards(t))
	dir, text := signed(t, "h100", private)
	var e struct {
		PayloadType, Payload string
		Signatures           []struct{ KeyID, Sig string }
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Type          string `json:"_type"`
		PredicateType string
		Subject       []struct {
			Name   string
			Digest map[string]string
		}
		Predicate struct {
			Recipe   map[string]string
			Releases map[string]map[string]string
		}
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		t.Fatal(err)
	}
	if e.PayloadType != "application/vnd.in-toto+json" || s.Type != "https://in-toto.io/Statement/v1" || len(e.Signatures) != 1 {
		t.Errorf("got %s of %s with %d signatures", s.Type, e.PayloadType, len(e.Signatures))
	}
	if len(s.Subject) != verify(t, dir).Files+1 || len(s.Predicate.Recipe["sha256"]) != 64 || s.Predicate.Releases["gpu-operator"]["version"] == "" {
		t.Errorf("got %d subjects and %+v", len(s.Subject), s.Predicate)
	}
}

// damaged is a bundle to which somebody does something.
type damaged struct {
	t   *testing.T
	dir string
}

func (d damaged) at(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

// TestVerifyFindsWhatChanged: whatever somebody does to a bundle is a problem.
func TestVerifyFindsWhatChanged(t *testing.T) {
	t.Parallel()
	private, public := keyPair(t, edwards(t))
	another, _ := keyPair(t, edwards(t))
	for name, tt := range map[string]struct {
		change func(d damaged)
		want   string
	}{
		"a changed file": {func(d damaged) {
			put(d.t, d.at("gpu-operator/values.yaml"), []byte("a: 1\n"))
		}, `"gpu-operator/values.yaml" has been changed`},
		"a missing file":     {func(d damaged) { remove(d.t, d.at("install.sh")) }, `"install.sh" is missing`},
		"a file more":        {func(d damaged) { put(d.t, d.at("argocd/apps/mine.yaml"), nil) }, `"argocd/apps/mine.yaml" is not listed`},
		"a hidden file more": {func(d damaged) { put(d.t, d.at("argocd/apps/.DS_Store"), nil) }, `"argocd/apps/.DS_Store" is not listed`},
		"a link": {func(d damaged) {
			file := d.at("README.md")
			if err := os.Rename(file, file+".moved"); err != nil {
				d.t.Fatal(err)
			}
			if err := os.Symlink("README.md.moved", file); err != nil {
				d.t.Fatal(err)
			}
		}, `"README.md" is not a file`},
		"a folder": {func(d damaged) {
			remove(d.t, d.at("install.sh"))
			put(d.t, d.at("install.sh/x"), nil)
		}, `"install.sh" is not a file`},
		"checksums that fit": {func(d damaged) {
			other, _ := signed(d.t, "a100", nil)
			statement, err := os.ReadFile(d.at(attest.StatementName))
			if err != nil {
				d.t.Fatal(err)
			}
			if err := os.RemoveAll(d.dir); err != nil {
				d.t.Fatal(err)
			}
			if err := os.CopyFS(d.dir, os.DirFS(other)); err != nil {
				d.t.Fatal(err)
			}
			put(d.t, d.at(attest.StatementName), statement)
		}, "it is the statement of another bundle"},
		"no statement": {func(d damaged) { remove(d.t, d.at(attest.StatementName)) }, "the bundle is not signed"},
		"another signer": {func(d damaged) {
			_, statement := signed(d.t, "h100", another)
			put(d.t, d.at(attest.StatementName), statement)
		}, "not signed by a key that was given"},
		"an empty statement": {func(d damaged) { put(d.t, d.at(attest.StatementName), nil) }, "is not a signed statement"},
		"a changed payload": {func(d damaged) {
			edit(d.t, d.at(attest.StatementName), func(e map[string]any) { e["payload"] = "e30=" })
		}, "not signed by a key that was given"},
		"another type": {func(d damaged) {
			edit(d.t, d.at(attest.StatementName), func(e map[string]any) { e["payloadType"] = "text/plain" })
		}, "its payload is of the type"},
		"no signature": {func(d damaged) {
			edit(d.t, d.at(attest.StatementName), func(e map[string]any) { e["signatures"] = []any{} })
		}, "it has no signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := signed(t, "h100", private)
			tt.change(damaged{t, dir})
			r := verify(t, dir, public)
			if text := strings.Join(r.Problems, "\n"); !strings.Contains(text, tt.want) {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, name string, change func(map[string]any)) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	change(members)
	if text, err = json.Marshal(members); err != nil {
		t.Fatal(err)
	}
	put(t, name, text)
}

func TestVerifyLeavesGitAlone(t *testing.T) {
	t.Parallel()
	dir, _ := signed(t, "h100", nil)
	for _, name := range []string{".git/config", ".gitignore", ".eidos-bundle.json"} {
		put(t, filepath.Join(dir, name), []byte("x"))
	}
	if r := verify(t, dir); len(r.Problems) > 0 || r.Signed {
		t.Errorf("got %+v", r)
	}
}

func TestVerifyWithoutABundle(t *testing.T) {
	t.Parallel()
	var none *attest.NoBundleError
	if _, err := attest.Verify(t.TempDir(), nil); !errors.As(err, &none) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := attest.Verify(filepath.Join(t.TempDir(), "none"), nil); err == nil || errors.As(err, &none) {
		t.Errorf("no directory: %v", err)
	}
	for _, text := range []string{"x", strings.Repeat("a", 64) + "  ../x\n", strings.Repeat("a", 64) + "  /x\n", strings.Repeat("a", 64) + "  x\n" + strings.Repeat("a", 64) + "  x\n"} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "checksums.txt"), []byte(text))
		if _, err := attest.Verify(dir, nil); err == nil || !strings.Contains(err.Error(), "checksums.txt: line") {
			t.Errorf("checksums %q: %v", text, err)
		}
	}
}

func TestKeysRefused(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private := pemOf(t, "PRIVATE KEY", x509.MarshalPKCS8PrivateKey, any(edwards(t)))
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"no PEM":    {[]byte("x"), "it is not PEM"},
		"RSA":       {pemOf(t, "PRIVATE KEY", x509.MarshalPKCS8PrivateKey, any(small)), "want Ed25519 or ECDSA"},
		"encrypted": {pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY"}), "the key is encrypted"},
		"public":    {pemOf(t, "PUBLIC KEY", x509.MarshalPKIXPublicKey, any(edwards(t).Public())), "is not a private key"},
	} {
		if _, err := attest.ParsePrivateKey(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := attest.ParsePublicKey(private); err == nil || !strings.Contains(err.Error(), "it is a private key") {
		t.Errorf("a private key: %v", err)
	}
	if _, err := attest.ParsePublicKey([]byte("x")); err == nil {
		t.Error("no PEM: no error")
	}
}
