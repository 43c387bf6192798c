// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// reloadEvery is the time between two readings of the catalog's files and of
// the certificate's.
const reloadEvery = 5 * time.Minute

// edition is a catalog and everything that was made from it. A new catalog
// replaces all of it at once.
type edition struct {
	catalog *recipe.Catalog
	listing func() (representation, error) // made at the first call
	recipes *generations[answerKey, answer]
}

// catalogs holds the edition in use.
type catalogs struct {
	path     string // "" for the embedded catalog
	embedded func() (*recipe.Catalog, error)
	renderer *bundle.Renderer // whose rules are listed
	files    recipe.Files     // of the edition in use
	current  atomic.Pointer[edition]
}

// load reads the catalog. On an error the edition in use stays.
func (c *catalogs) load(ctx context.Context) error {
	if c.path == "" {
		catalog, err := c.embedded()
		if err != nil {
			return err
		}
		return c.use(ctx, catalog)
	}
	files, err := recipe.ReadFiles(c.path)
	if err != nil {
		return err
	}
	return c.loadFiles(ctx, files)
}

func (c *catalogs) loadFiles(ctx context.Context, files recipe.Files) error {
	catalog, err := files.Load(ctx)
	if err != nil {
		return err
	}
	if err := c.use(ctx, catalog); err != nil {
		return err
	}
	c.files = files
	return nil
}

// use makes a catalog the one in use.
func (c *catalogs) use(ctx context.Context, catalog *recipe.Catalog) error {
	all, err := listing.New(ctx, catalog, c.renderer)
	if err != nil {
		return err
	}
	lasting := context.WithoutCancel(ctx) // the listing is for all, whoever asks first
	listed := sync.OnceValues(func() (representation, error) {
		if err := all.FindGaps(lasting, catalog); err != nil {
			return representation{}, err
		}
		return encodeJSON(all, cacheShared)
	})
	c.current.Store(&edition{catalog: catalog, listing: listed, recipes: newGenerations[answerKey, answer](maxRecipes)})
	return nil
}

// settle is how long the files of a catalog have to hold still before they are
// taken: whoever writes them may be in the middle of one, whose half often is a
// catalog, too.
const settle = 5 * time.Second

// reload reads files that may have changed, until the context ends: every five
// minutes and when it is asked to.
func (s *Server) reload(ctx context.Context) {
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.options.Reload:
			s.log.Info("reading files again")
		case <-ticker.C:
		}
		s.reloadFiles(ctx)
	}
}

func (s *Server) reloadFiles(ctx context.Context) {
	if s.options.Catalog != "" {
		if err := s.reloadCatalog(ctx); err != nil && ctx.Err() == nil {
			s.metrics.catalogReads.add(resultError, 1)
			s.log.Error("the catalog was not reloaded; the one in use stays", "error", err)
		}
	}
	if s.options.TLSCert != "" {
		if err := s.certificate.load(); err != nil {
			s.log.Error("the certificate was not reloaded; the one in use stays", "error", err)
		}
	}
}

// reloadCatalog takes the catalog's files once they have held still.
func (s *Server) reloadCatalog(ctx context.Context) error {
	files, err := recipe.ReadFiles(s.catalogs.path)
	if err == nil && files.Equal(s.catalogs.files) {
		s.catalogRead()
		return nil
	}
	for still := false; err == nil && !still; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(settle):
		}
		before := files
		files, err = recipe.ReadFiles(s.catalogs.path)
		still = err == nil && files.Equal(before)
	}
	if err != nil {
		return err
	}
	before := s.catalogs.current.Load().catalog.Size()
	if err := s.catalogs.loadFiles(ctx, files); err != nil {
		return err
	}
	s.catalogRead()
	if after := s.catalogs.current.Load().catalog.Size(); after.Layers < before.Layers || after.Values < before.Values {
		s.metrics.catalogShrunk.add("", 1)
		s.log.Warn("the catalog has less than before: see that its files are whole",
			"layers", after.Layers, "layersBefore", before.Layers, "values", after.Values, "valuesBefore", before.Values)
	}
	return nil
}

func (s *Server) catalogRead() {
	s.metrics.catalogReads.add(resultOK, 1)
	s.metrics.catalogTime.set("", float64(s.now().Unix()))
	s.log.Debug("catalog read", "version", s.catalogs.current.Load().catalog.Version())
}

func (s *Server) loadCatalog(ctx context.Context) error {
	if err := s.catalogs.load(ctx); err != nil {
		s.metrics.catalogReads.add(resultError, 1)
		return err
	}
	s.catalogRead()
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
