package verify

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/export"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// Rows returns how many rows a finished export of a resource has. It fails if an
// id is there twice, or if a file cannot be read or is not as the manifest says.
func Rows(ctx context.Context, path string, of query.Resource) (rows int64, err error) {
	key := of.Dialect().ID()
	if f, ok := of.Schema().Lookup(key); ok && f.Type == model.TypeString {
		return countUnique[string](ctx, path, key)
	}
	return countUnique[int64](ctx, path, key)
}

func countUnique[K int64 | string](ctx context.Context, path, key string) (rows int64, err error) {
	ids, err := IDs[K](ctx, path, key)
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

// IDs returns the ids of a finished export in their order. The key is the name of
// the id's field.
func IDs[K int64 | string](ctx context.Context, path, key string) ([]K, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return folderIDs[K](ctx, path, key)
	}
	return fileIDs[K](ctx, path, path, key)
}

// folderIDs checks each file against the manifest. The manifest must list every
// file, because readers of a folder read all of them.
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

// fileIDs reads the ids of one file, in the format that its name ends in.
func fileIDs[K int64 | string](ctx context.Context, path, name, key string) (ids []K, err error) {
	var all iter.Seq2[K, error]
	switch format := export.Format(name); format {
	case "sqlite":
		all = sqlitesink.IDs[K](ctx, path)
	case "parquet":
		all = parquetsink.IDs[K](path, key)
	case "":
		return nil, exit.Usagef("%s: the ending names no format", name)
	default:
		f, err := os.Open(path) //nolint:gosec // the user names it
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // opened for reading
		text, err := compression.Reader(name, f)
		if err != nil {
			return nil, err
		}
		defer text.Close() //nolint:errcheck // opened for reading
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
