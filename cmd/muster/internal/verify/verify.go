package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// verifyCmd is `muster verify`.
type verifyCmd struct {
	File string `arg:"" help:"Finished export: a file, or a folder with a manifest."`
	serverFlags
	filterFlags
	Deleted string `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
}

// Help shows how the command is used.
func (*verifyCmd) Help() string {
	return examples(
		`muster verify users.ndjson`,
		`muster verify active.parquet 'is_active'`,
		`muster verify by-type`,
	)
}

// Run reads every row. It fails when an id comes twice, a file is not what the
// manifest says, or the server, if there is one, has another number of rows.
func (c *verifyCmd) Run(ctx context.Context, env *environment) error {
	of, err := c.source(env)
	if err != nil {
		return err
	}
	rows, err := verifyExport(ctx, c.File, of)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.BaseURL == "" {
		env.stdout.printf("ok: %s, each id once; not compared with a server, as there is no --base-url\n", count(rows, "row"))
		return nil
	}
	flags := rowFlags{filterFlags: c.filterFlags, shapeFlags: shapeFlags{Deleted: c.Deleted}}
	res, plan, closed, err := flags.open(ctx, env, c.serverFlags, false)
	if err != nil {
		return err
	}
	defer closed()
	n, err := res.count(ctx, plan)
	if err != nil {
		return err
	}
	if n != rows {
		return fmt.Errorf("%s has %s, the server %d now: it has changed since, or the filter is another", c.File, count(rows, "row"), n)
	}
	env.stdout.printf("ok: %s, each id once; the server has as many\n", count(rows, "row"))
	return nil
}

// verifyExport returns how many rows a finished export of the resource has.
func verifyExport(ctx context.Context, path string, of query.Resource) (rows int64, err error) {
	key := of.Dialect().ID()
	if f, ok := of.Schema().Lookup(key); ok && f.Type == model.TypeString {
		return countOnce[string](ctx, path, key)
	}
	return countOnce[int64](ctx, path, key)
}

// countOnce counts the ids of a finished export, each of which must be there once.
func countOnce[K int64 | string](ctx context.Context, path, key string) (rows int64, err error) {
	ids, err := exportIDs[K](ctx, path, key)
	if err != nil {
		return 0, err
	}
	slices.Sort(ids)
	for i, id := range ids {
		if i > 0 && ids[i-1] == id {
			return 0, fmt.Errorf("the id %#v is there more than once", id)
		}
	}
	return int64(len(ids)), nil
}

// exportIDs reads the ids of a finished export, in the order that it has them in.
func exportIDs[K int64 | string](ctx context.Context, path, key string) ([]K, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return folderIDs[K](ctx, path, key)
	}
	return fileIDs[K](ctx, path, path, key)
}

// folderIDs checks each file against the manifest, which must list them all: who
// reads a folder reads whatever is in it.
func folderIDs[K int64 | string](ctx context.Context, folder, key string) (ids []K, err error) {
	m, err := sink.ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if err := f.Check(folder); err != nil {
			return nil, err
		}
		found, err := fileIDs[K](ctx, filepath.Join(folder, f.Name), f.Name, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if int64(len(found)) != f.Rows {
			return nil, fmt.Errorf("%s has %d rows, not the %d of the manifest", f.Name, len(found), f.Rows)
		}
		ids = append(ids, found...)
	}
	if err := onlyListed(folder, m); err != nil {
		return nil, err
	}
	if int64(len(ids)) != m.Rows {
		return nil, fmt.Errorf("it has %d rows, not the %d of the manifest", len(ids), m.Rows)
	}
	return ids, nil
}

func onlyListed(folder string, m *sink.Manifest) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if name != sink.ManifestName && !slices.ContainsFunc(m.Files, func(f sink.ManifestFile) bool { return f.Name == name }) {
			return fmt.Errorf("%s is in the folder and not in the manifest", name)
		}
	}
	return nil
}

// fileIDs reads the ids of one file, whose format its name says.
func fileIDs[K int64 | string](ctx context.Context, path, name, key string) (ids []K, err error) {
	_, plain := compression.FromName(name)
	format := endings()[strings.ToLower(filepath.Ext(plain))]
	var all iter.Seq2[K, error]
	switch format {
	case "sqlite":
		all = sqlitesink.IDs[K](ctx, path)
	case "parquet":
		all = parquetsink.IDs[K](path, key)
	case "":
		return nil, exit.Usagef("%s: the ending says no format", name)
	default:
		f, err := os.Open(path) //nolint:gosec // the user names it
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it is read
		text, err := compression.Reader(name, f)
		if err != nil {
			return nil, err
		}
		defer text.Close() //nolint:errcheck // it is read
		all = sink.IDs[K](format, key, text)
	}
	for id, err := range all {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
