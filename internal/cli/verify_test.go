// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// signingKeys writes a pair of keys.
func signingKeys(t *testing.T) (private, public string) {
	t.Helper()
	publicKey, privateKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	privateDER, err := x509.MarshalPKCS8PrivateKey(privateKey)
	publicDER, publicErr := x509.MarshalPKIXPublicKey(publicKey)
	if err := errors.Join(err, publicErr); err != nil {
		t.Fatal(err)
	}
	dir := plant(t, map[string]string{
		"key":     string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privateDER})),
		"key.pub": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER})),
	})
	return filepath.Join(dir, "key"), filepath.Join(dir, "key.pub")
}

func TestVerify(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	private, public := signingKeys(t)
	_, stranger := signingKeys(t)
	statement := filepath.Join(dir, "bundle.intoto.json")

	must(t, "bundle", "--recipe", recipe, "-o", dir)
	run(t, "verify", dir).check(t, cli.ExitOK, "the bundle is not signed: checksums show damage, not malice")
	run(t, "verify", dir, "--key", public).check(t, cli.ExitDifferent, "the bundle is not signed")

	run(t, "bundle", "--recipe", recipe, "-o", dir, "--sign", private, "--dry-run").check(t, cli.ExitOK)
	if _, err := os.Stat(statement); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dry run signed: %v", err)
	}
	equal(t, "written "+statement+"\n", must(t, "bundle", "--recipe", recipe, "-o", dir, "--sign", private))
	text := contents(t, statement)
	must(t, "bundle", "--recipe", recipe, "-o", dir, "--sign", private)
	equal(t, text, contents(t, statement))
	run(t, "verify", dir, "--key", stranger, "--key", public).check(t, cli.ExitOK)
	run(t, "verify", dir, "--key", stranger).check(t, cli.ExitDifferent, "not signed by a key that was given")
	run(t, "verify", dir).check(t, cli.ExitOK, "nothing has checked that", "--key")

	run(t, "bundle", "--recipe", recipe, "-o", dir, "--format", "flux").check(t, cli.ExitOK, "is the statement of an earlier bundle")
	run(t, "verify", dir, "--key", public).check(t, cli.ExitDifferent, "it is the statement of another bundle")
	must(t, "bundle", "--recipe", recipe, "-o", dir, "--sign", private)
	if err := os.WriteFile(filepath.Join(dir, "gpu-operator", "values.yaml"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "verify", dir, "--key", public).check(t, cli.ExitDifferent, `"gpu-operator/values.yaml" has been changed`)
}

// TestSignWritesThroughNoLink: the statement would land somewhere else.
func TestSignWritesThroughNoLink(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	private, public := signingKeys(t)
	must(t, "bundle", "--recipe", recipe, "-o", dir)
	before := contents(t, public)
	if err := os.Symlink(public, filepath.Join(dir, "bundle.intoto.json")); err != nil {
		t.Fatal(err)
	}
	run(t, "bundle", "--recipe", recipe, "-o", dir, "--sign", private).check(t, cli.ExitUsage, "is not a file, and the statement belongs there")
	equal(t, before, contents(t, public))
}

func TestVerifyErrors(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), t.TempDir()
	private, public := signingKeys(t)
	for name, test := range map[string]struct {
		args []string
		code int
		text string
	}{
		"no directory":        {[]string{"verify"}, cli.ExitUsage, "want the directory of one bundle, got 0"},
		"two directories":     {[]string{"verify", dir, dir}, cli.ExitUsage, "want the directory of one bundle, got 2"},
		"not a bundle":        {[]string{"verify", dir}, cli.ExitUsage, "has no checksums.txt at its top"},
		"a missing directory": {[]string{"verify", filepath.Join(dir, "none")}, cli.ExitFailure, "none"},
		"a private key":       {[]string{"verify", dir, "--key", private}, cli.ExitUsage, "it is a private key"},
		"a missing key":       {[]string{"verify", dir, "--key", filepath.Join(dir, "none")}, cli.ExitFailure, "--key: reading"},
		"a public key":        {[]string{"bundle", "--recipe", recipe, "-o", filepath.Join(dir, "out"), "--sign", public}, cli.ExitUsage, "--sign " + public + ": "},
		"nothing to sign":     {[]string{"bundle", "--recipe", recipe, "--sign", private}, cli.ExitUsage, "--sign needs --output"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, test.args...).check(t, test.code, test.text)
		})
	}
	equal(t, map[string]bool{}, names(t, dir))
}
