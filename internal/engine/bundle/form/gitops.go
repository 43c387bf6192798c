// SPDX-License-Identifier: Apache-2.0

package form

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// GitOps says where the files of a bundle are going to be in Git.
type GitOps struct {
	Repository string // URL; only Argo CD reads it
	Revision   string // branch, tag or commit, "" for the repository's default branch; only Argo CD reads it
	Path       string // folder of the bundle in the repository, "" for its top
}

// Missing stands for a repository that nobody has named.
const Missing = "GIT_REPOSITORY"

// ParseGitOps reads repository, revision and path from fields of these names.
func ParseGitOps(fields map[string]string) (*GitOps, error) {
	g := &GitOps{}
	known := map[string]*string{"repository": &g.Repository, "revision": &g.Revision, "path": &g.Path}
	names := slices.Sorted(maps.Keys(known))
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if known[name] == nil {
			errs = append(errs, fmt.Errorf("unknown field %s; the fields are %s%s", words.Quote(name), words.And(names), suggest.Question(name, names)))
			continue
		}
		*known[name] = fields[name]
	}
	return g, errors.Join(errs...)
}

// Check finds what cannot be, and what none of the chosen forms reads.
func (g GitOps) Check(forms []string) error {
	var errs []error
	if !isRepository(g.Repository) {
		errs = append(errs, errors.New("repository: want the URL of a Git repository without a password, such as https://git.example.com/platform/gpu.git or git@git.example.com:platform/gpu.git"))
	}
	if strings.ContainsFunc(g.Revision, isOdd) || strings.HasPrefix(g.Revision, "-") {
		errs = append(errs, fmt.Errorf("revision: %s is not a branch, a tag or a commit", words.Quote(g.Revision)))
	}
	if g.Path != "" && (!fs.ValidPath(g.Path) || strings.ContainsFunc(g.Path, isOdd)) {
		errs = append(errs, fmt.Errorf("path: %s is not the path of a folder in a repository; write it without . and .., such as clusters/gpu", words.Quote(g.Path)))
	}
	if g == (GitOps{}) {
		errs = append(errs, errors.New("it says nothing; leave it out, or set something"))
	}
	argo, flux := slices.Contains(forms, "argocd"), slices.Contains(forms, "flux")
	switch {
	case !argo && !flux && g != (GitOps{}):
		errs = append(errs, errors.New("none of the formats reads it; add argocd or flux to them, or leave it out"))
	case !argo && g.Repository+g.Revision != "":
		errs = append(errs, errors.New("repository and revision: Flux reads the repository that it was bootstrapped with; leave them out, or add argocd to the formats"))
	}
	return errors.Join(errs...)
}

func isOdd(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// isRepository accepts what git clones from another machine, and nothing at all.
func isRepository(text string) bool {
	if text == "" {
		return true
	}
	if strings.ContainsFunc(text, isOdd) || strings.HasPrefix(text, "-") {
		return false
	}
	if host, at, ok := strings.Cut(text, ":"); ok && !strings.HasPrefix(at, "//") {
		return strings.Trim(host, "@") != "" && at != "" && !strings.ContainsRune(host, '/')
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return false
	}
	_, hasPassword := u.User.Password()
	return slices.Contains([]string{"https", "http", "ssh"}, u.Scheme) && !hasPassword && u.RawQuery == "" && u.Fragment == ""
}

// at is a path below the bundle's folder in the repository.
func (g GitOps) at(elements ...string) string {
	return path.Join(append([]string{g.Path}, elements...)...)
}
