// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// reloadEvery is the time between two readings of the catalog's files and of
// the certificate's.
const reloadEvery = 5 * time.Minute

// edition is a catalog and everything that was made from it. A new catalog
// replaces all of it at once.
type edition struct {
	catalog *recipe.Catalog
	listing representation
	recipes *generations[answerKey, answer]
}

// catalogs holds the edition in use.
type catalogs struct {
	path     string // "" for the embedded catalog
	embedded func() (*recipe.Catalog, error)
	current  atomic.Pointer[edition]
}

// load reads the catalog. On an error the edition in use stays.
func (c *catalogs) load() error {
	read := c.embedded
	if c.path != "" {
		read = func() (*recipe.Catalog, error) { return recipe.Open(c.path) }
	}
	catalog, err := read()
	if err != nil {
		return err
	}
	all, err := newListing(catalog)
	if err != nil {
		return err
	}
	listed, err := encodeJSON(all, cacheShared)
	if err != nil {
		return err
	}
	c.current.Store(&edition{catalog: catalog, listing: listed, recipes: newGenerations[answerKey, answer](maxRecipes)})
	return nil
}

// reload reads files that may have changed, until the context ends.
func (s *Server) reload(ctx context.Context) {
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.reloadFiles()
		}
	}
}

func (s *Server) reloadFiles() {
	if s.options.Catalog != "" {
		if err := s.loadCatalog(); err != nil {
			s.log.Error("the catalog was not reloaded; the one in use stays", "error", err)
		}
	}
	if s.options.TLSCert != "" {
		if err := s.certificate.load(); err != nil {
			s.log.Error("the certificate was not reloaded; the one in use stays", "error", err)
		}
	}
}

func (s *Server) loadCatalog() error {
	if err := s.catalogs.load(); err != nil {
		s.metrics.catalogReads.add(resultError, 1)
		return err
	}
	s.metrics.catalogReads.add(resultOK, 1)
	s.metrics.catalogTime.set("", float64(s.now().Unix()))
	s.log.Debug("catalog read", "version", s.catalogs.current.Load().catalog.Version())
	return nil
}

// certificate is a key pair whose files may be replaced while the server runs.
type certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]
}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("loading the certificate %s with the key %s: %w", c.certFile, c.keyFile, err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	}
}
