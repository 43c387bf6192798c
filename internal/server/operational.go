// SPDX-License-Identifier: Apache-2.0

package server

import (
	_ "embed"
	"net/http"
	"runtime"
)

// state is the answer of GET /health and of GET /ready.
type state struct {
	Status string `json:"status"`
}

// getHealth says that the process serves.
func getHealth(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, state{"ok"})
}

// getReady says whether clients should be sent here: not while shutting down.
func (s *Server) getReady(w http.ResponseWriter, r *http.Request) error {
	if s.draining.Load() {
		return busy(http.StatusServiceUnavailable, codeUnavailable, "the server is shutting down")
	}
	return writeJSON(w, r, state{"ready"})
}

// versions is the answer of GET /version.
type versions struct {
	Version string `json:"version"`
	API     string `json:"api"`
	Catalog string `json:"catalog"`
	Go      string `json:"go"`
}

func (s *Server) getVersion(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, versions{s.options.Version, apiVersion, s.catalogs.current.Load().catalog.Version(), runtime.Version()})
}

//go:embed openapi.json
var openAPI []byte

// getOpenAPI describes the API.
func (s *Server) getOpenAPI(w http.ResponseWriter, r *http.Request) error {
	s.description.write(w, r)
	return nil
}

// getCatalog says what recipes are made from.
func (s *Server) getCatalog(w http.ResponseWriter, r *http.Request) error {
	listed, err := s.catalogs.current.Load().listing()
	if err != nil {
		return err
	}
	listed.write(w, r)
	return nil
}
