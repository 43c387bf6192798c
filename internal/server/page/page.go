// SPDX-License-Identifier: Apache-2.0

// Package page holds the page that a person opens to ask the HTTP API. It is files
// alone: what can be chosen and what follows from it, the page asks the API.
package page

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed assets
var assets embed.FS

// Policy is the Content-Security-Policy of every file: the page runs and fetches
// nothing but what this server has, never evaluates text, and cannot be framed.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// File is one that a browser fetches.
type File struct {
	Path    string // of the URL
	Type    string // media type
	Content []byte
}

// Files returns the files of the page, by their names.
func Files() ([]File, error) {
	root, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	var files []File
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := read(root, name)
		files = append(files, file)
		return err
	})
	return files, err
}

func read(root fs.FS, name string) (File, error) {
	media, err := mediaType(name)
	if err != nil {
		return File{}, err
	}
	content, err := fs.ReadFile(root, name)
	return File{Path: "/" + strings.TrimSuffix(name, "index.html"), Type: media, Content: content}, err
}

// mediaType is not asked of the system, whose table would change what is served.
func mediaType(name string) (string, error) {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8", nil
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".svg":
		return "image/svg+xml", nil
	default:
		return "", fmt.Errorf("the page's file %s has a type that browsers are not told", name)
	}
}
