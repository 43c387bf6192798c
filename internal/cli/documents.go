// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// outputFlags say where a document goes and in which format.
type outputFlags struct {
	to      string
	format  string
	force   bool
	created bool
}

func (f *outputFlags) register(command *cobra.Command, kind string) {
	flags := command.Flags()
	flags.StringVarP(&f.to, "output", "o", location.Stream, "`where` the "+kind+" goes: a file, cm://namespace/name, or - for standard output")
	flags.StringVar(&f.format, "format", "", "`format`: "+strings.Join(document.Formats(), ", ")+" (default: what the extension of --output says, otherwise yaml)")
	complete(command, "format", document.Formats)
	flags.BoolVar(&f.created, "created", true, "record when the "+kind+" was made: now, or the seconds since 1970 in SOURCE_DATE_EPOCH; --created=false leaves it out, so the same content has the same bytes")
	flags.BoolVar(&f.force, "force", false, "take over fields of the ConfigMap that others manage")
}

// destination is where a document goes.
type destination struct {
	location.Location
	format document.Format
}

// resolve checks the flags against each other. The format is YAML where neither
// they nor the extension of the file state one.
func (f *outputFlags) resolve() (destination, error) {
	if slices.Contains(document.Formats(), f.to) {
		return destination{}, fmt.Errorf("--output %s names a file; write --format %s to choose the format, or --output ./%s for a file of that name", f.to, f.to, f.to)
	}
	at, err := location.Parse(f.to)
	if err == nil {
		err = location.CheckWritable(at)
	}
	if err != nil {
		return destination{}, fmt.Errorf("--output: %w", err)
	}
	d := destination{Location: at}
	if f.format != "" {
		d.format, err = document.ParseFormat(f.format)
	} else {
		d.format, err = document.FormatOf(at.File)
	}
	switch {
	case err != nil && f.format != "":
		return destination{}, fmt.Errorf("--format: %w", err)
	case err != nil:
		return destination{}, fmt.Errorf("--output %s: %w with --format", f.to, err)
	case at.ConfigMap != nil && d.format == document.FormatTable:
		return destination{}, errors.New("--format table: a ConfigMap holds a document that is read again: use yaml or json")
	case f.force && at.ConfigMap == nil:
		return destination{}, errors.New("--force is about ConfigMaps: use it with --output cm://namespace/name")
	}
	return d, nil
}

// epoch is the variable that states the time of what a build makes
// (reproducible-builds.org/docs/source-date-epoch).
const epoch = "SOURCE_DATE_EPOCH"

// madeAt returns when a document was made, and how it says so: "" for not at all.
func (f *outputFlags) madeAt(p Process) (at time.Time, stated string, err error) {
	at = p.Now()
	if text := p.Getenv(epoch); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds < 0 {
			return at, "", fmt.Errorf("%s: %q is not a number of seconds since 1970; correct it, or unset it", epoch, text)
		}
		at = time.Unix(seconds, 0)
	}
	at = at.UTC().Truncate(time.Second)
	if f.created {
		stated = at.Format(time.RFC3339)
	}
	return at, stated, nil
}

// store returns the reader and writer of documents of a run.
func (p Process) store(client *cluster.Client, force bool) location.Store {
	return location.Store{Stdin: p.Stdin, Stdout: p.Stdout, Cluster: client, Force: force, Await: awaitServer}
}

// writeDocument writes a document, and says so where it is not the output that its
// reader sees.
func writeDocument(ctx context.Context, report *reporter, store location.Store, to destination, doc location.Document) error {
	err := store.Write(ctx, to.Location, doc)
	if err == nil && !to.IsOutput() {
		report.wrote(to.String())
	}
	return err
}

// Keys of ConfigMaps that hold what is neither a snapshot nor a recipe.
const (
	overlayKey   = "overlay.yaml"
	valuesKey    = "values.yaml"
	objectKey    = "object.yaml"
	placementKey = "placement.yaml"
	registryKey  = "registry.yaml"
)

// readText reads the text at a location that a flag or an argument names. In a
// ConfigMap it is under the first of the keys that is there.
func (p Process) readText(ctx context.Context, store location.Store, name, at string, keys ...string) ([]byte, error) {
	from, err := location.Parse(at)
	if err != nil {
		return nil, invalid(fmt.Errorf("%s: %w", name, err))
	}
	start := p.Now()
	data, err := store.Read(ctx, from, keys[0])
	var missing *location.Error
	if len(keys) > 1 && errors.As(err, &missing) && missing.Reason == location.NoKey {
		data, err = store.Read(ctx, from, keys[1])
	}
	p.logRead(name, from.String(), err, start)
	if err != nil {
		return nil, unreachable(fmt.Errorf("%s: %w", name, err))
	}
	return data, nil
}

// logRead logs what was read for a flag, and from where.
func (p Process) logRead(name, from string, err error, start time.Time) {
	p.log.Debug("Read", "for", name, "from", from, "failed", err != nil, p.took(start))
}

// readDocument reads and decodes the document at a location.
func readDocument[T any](ctx context.Context, p Process, store location.Store, name, at string, keys []string, decode func(document.Value) (T, error)) (decoded T, err error) {
	data, err := p.readText(ctx, store, name, at, keys...)
	if err != nil {
		return decoded, err
	}
	root, err := document.Parse(ctx, data)
	if err == nil {
		decoded, err = decode(root)
	}
	if err != nil {
		return decoded, invalid(fmt.Errorf("%s: %s: %w", name, shown(at), err))
	}
	return decoded, nil
}

// shown is a location for messages: without what only its reader may know.
func shown(at string) string {
	if from, err := location.Parse(at); err == nil {
		return from.String()
	}
	return at
}
