// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// Parameters of bundles.
const (
	paramBundlers       = "bundlers"
	paramExisting       = "existing"
	paramFormats        = "formats"
	paramGitOps         = "gitops"
	paramIgnoreFindings = "ignore_findings"
	paramNamespaces     = "namespaces"
	paramOverrides      = "overrides"
	paramObjects        = "object_overrides"
	paramPlacement      = "placement"
	paramRegistry       = "registry"
	paramSnapshot       = "snapshot"
)

// Headers of bundles: the sha256 of the archive, and that of the bundle, which
// is the same in either archive and in Terraform.
const (
	archiveSumHeader = "X-Archive-Sha256"
	bundleSumHeader  = "X-Bundle-Sha256"
)

// postBundle answers POST /v1/bundle: the body is a recipe.
func (s *Server) postBundle(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	asked, params, err := parseBundle(r)
	if err != nil {
		return err
	}
	mistakes := params.mistakes
	media, err := negotiate(r, typeZip, typeGzip, typeJSON)
	if err != nil {
		return err
	}
	return s.work(w, r, mistakes, func(root document.Value) (answer, error) {
		var err error
		if asked.Recipe, err = root.Recipe(); err != nil {
			return answer{}, withMistakes(mistakes, invalidBody(err))
		}
		mistakes := slices.Concat(mistakes, aliases(r.Context(), paramOverrides, asked.Overrides), aliases(r.Context(), paramObjects, asked.ObjectOverrides))
		asked.Placement = siteOf(r.Context(), params, paramPlacement, bundle.ParsePlacement, &mistakes)
		asked.Registry = siteOf(r.Context(), params, paramRegistry, bundle.ParseRegistry, &mistakes)
		asked.Snapshot = siteOf(r.Context(), params, paramSnapshot, parseSnapshot, &mistakes)
		rendered, err := s.renderer.Render(r.Context(), asked)
		if err != nil || len(mistakes) > 0 {
			return answer{}, bundleProblem(mistakes, err)
		}
		if media == typeJSON {
			return describeBundle(rendered)
		}
		return pack(rendered, media)
	})
}

// aliases returns a mistake for each text that has aliases, which would make much
// of little. What cannot be parsed is the engine's to report.
func aliases(ctx context.Context, family string, texts map[string]string) []detail {
	var mistakes []detail
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if err := noAliases(ctx, texts[key]); err != nil {
			mistakes = append(mistakes, detail{Field: family + "[" + shorten(key) + "]", Message: err.Error()})
		}
	}
	return mistakes
}

func noAliases(ctx context.Context, text string) error {
	if root, err := document.Parse(ctx, []byte(text)); err == nil {
		return root.NoAliases()
	}
	return nil
}

// siteOf reads a parameter whose value is YAML.
func siteOf[T any](ctx context.Context, params *parameters, name string, parse func(context.Context, []byte) (*T, error), mistakes *[]detail) *T {
	text := params.values[name]
	if text == "" {
		return nil
	}
	err := noAliases(ctx, text)
	if err == nil {
		var read *T
		if read, err = parse(ctx, []byte(text)); err == nil {
			return read
		}
	}
	*mistakes = append(*mistakes, detail{Field: name, Message: err.Error()})
	return nil
}

func parseSnapshot(ctx context.Context, text []byte) (*document.Snapshot, error) {
	snapshot, err := document.DecodeSnapshot(ctx, text)
	return &snapshot, err
}

// parseBundle reads the parameters of a bundle, with the mistakes in their form for
// being reported together with those in their values.
func parseBundle(r *http.Request) (bundle.Request, *parameters, error) {
	params, err := parseParameters(r, paramBundlers+manyValues, paramExisting+manyValues, paramFormats+manyValues, paramGitOps+manyKeys, paramIgnoreFindings+manyValues, paramNamespaces+manyKeys, paramObjects+manyKeys, paramOverrides+manyKeys, paramPlacement, paramRegistry, paramSnapshot)
	if err != nil {
		return bundle.Request{}, nil, err
	}
	asked := bundle.Request{
		Bundlers: params.list(paramBundlers), Existing: params.list(paramExisting), Formats: params.list(paramFormats), IgnoreFindings: params.list(paramIgnoreFindings),
		Namespaces: params.keyed(paramNamespaces), Overrides: params.keyed(paramOverrides), ObjectOverrides: params.keyed(paramObjects),
	}
	if fields := params.keyed(paramGitOps); len(fields) > 0 {
		if asked.GitOps, err = form.ParseGitOps(fields); err != nil {
			params.wrong(paramGitOps, err.Error())
		}
	}
	return asked, params, nil
}

// pack makes an archive of a bundle.
func pack(rendered *bundle.Bundle, media string) (answer, error) {
	archive, name := outdir.Zip, "eidos-bundle.zip"
	if media == typeGzip {
		archive, name = outdir.TarGzip, "eidos-bundle.tar.gz"
	}
	content, err := archive(rendered.Files)
	if err != nil {
		return answer{}, err
	}
	sum := sha256.Sum256(content)
	a := answer{represent(media, cacheNever, content), findings(rendered.Findings), bundleFindings}
	a.header.Set(archiveSumHeader, hex.EncodeToString(sum[:]))
	a.header.Set(bundleSumHeader, rendered.SHA256)
	a.header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return a, nil
}

// bundleFindings is where all findings of a bundle are.
const bundleFindings = "Accept: " + typeJSON + " lists all in the body"

func findings(found []bundle.Finding) []string {
	texts := make([]string, len(found))
	for i, f := range found {
		about := f.Path
		if f.Component != "" {
			about = f.Component + ": " + f.Path
		}
		texts[i] = f.Rule + ": " + about + ": " + f.Message
	}
	return texts
}

// bundleProblem reports each error of the engine on the parameter that it is about,
// after mistakes in the parameters' form. A recipe that breaks a rule was
// understood: it is not a bad request.
func bundleProblem(mistakes []detail, err error) error {
	details := mistakes
	understood := len(mistakes) == 0
	for _, e := range joined.Errors(err) {
		d, broken, ok := bundleDetail(e)
		if !ok {
			return err
		}
		understood = understood && broken
		details = append(details, d)
	}
	p := invalid(details...)
	if understood {
		p.status, p.code = http.StatusUnprocessableEntity, codeUnprocessable
	}
	return p
}

// bundleDetail describes an error, and whether it is a broken rule. It is not ok
// for an error that no input is to blame for.
func bundleDetail(err error) (d detail, broken, ok bool) {
	var rule *bundle.RuleError
	var input *bundle.InputError
	broken = errors.As(err, &rule)
	if broken {
		d.Rule, d.Component, d.Path = rule.Rule, rule.Component, rule.Path
	}
	d.Field, d.Message = fieldBody, err.Error()
	if !errors.As(err, &input) {
		return d, broken, broken
	}
	d.Message = input.Err.Error()
	switch {
	case input.Key != "":
		d.Field = input.Field + "[" + shorten(input.Key) + "]"
	case input.Field != "recipe":
		d.Field = input.Field
	}
	return d, broken, true
}
