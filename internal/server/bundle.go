// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// Parameters of bundles.
const (
	paramBundlers       = "bundlers"
	paramIgnoreFindings = "ignore_findings"
	paramNamespaces     = "namespaces"
	paramOverrides      = "overrides"
	paramObjects        = "object_overrides"
)

// Headers of bundles: the sha256 of the archive, and that of the bundle, which
// is the same in either archive and in Terraform.
const (
	archiveSumHeader = "X-Archive-Sha256"
	bundleSumHeader  = "X-Bundle-Sha256"
)

// postBundle answers POST /v1/bundle: the body is a recipe.
func (s *Server) postBundle(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept")
	asked, mistakes, err := parseBundle(r)
	if err != nil {
		return err
	}
	media, err := negotiate(r, typeZip, typeGzip)
	if err != nil {
		return err
	}
	made, done, err := takeDecoded(s, w, r, mistakes, document.DecodeRecipe)
	if err != nil {
		return err
	}
	defer done()
	asked.Recipe = made
	rendered, err := s.renderer.Render(r.Context(), asked)
	if err != nil || len(mistakes) > 0 {
		return bundleProblem(mistakes, err)
	}
	return writeBundle(w, r, rendered, media)
}

// parseBundle reads the parameters of a bundle, and returns the mistakes in their
// form for being reported together with those in their values.
func parseBundle(r *http.Request) (bundle.Request, []detail, error) {
	params, err := parseParameters(r, paramBundlers, paramIgnoreFindings, paramNamespaces+manyKeys, paramObjects+manyKeys, paramOverrides+manyKeys)
	if err != nil {
		return bundle.Request{}, nil, err
	}
	asked := bundle.Request{
		Bundlers: params.list(paramBundlers), IgnoreFindings: params.list(paramIgnoreFindings),
		Namespaces: params.keyed(paramNamespaces), Overrides: params.keyed(paramOverrides), ObjectOverrides: params.keyed(paramObjects),
	}
	return asked, params.mistakes, nil
}

func writeBundle(w http.ResponseWriter, r *http.Request, rendered *bundle.Bundle, media string) error {
	pack, name := zipArchive, "eidos-bundle.zip"
	if media == typeGzip {
		pack, name = tarArchive, "eidos-bundle.tar.gz"
	}
	content, err := pack(rendered.Files)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set(archiveSumHeader, hex.EncodeToString(sum[:]))
	h.Set(bundleSumHeader, rendered.SHA256)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	addWarnings(w, findings(rendered.Findings))
	represent(media, cacheNever, content).write(w, r)
	return nil
}

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
