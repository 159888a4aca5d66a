package verify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

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
	u := &unique[K]{limit: maxHeld}
	defer func() { err = errors.Join(err, u.close()) }()
	for id, err := range IDs[K](ctx, path, key) {
		if err == nil {
			err = u.add(id)
		}
		if err != nil {
			return 0, err
		}
	}
	return u.rows, u.end(ctx)
}

// IDs yields the ids of a finished export in their order, and an error last. The key is
// the name of the id's field.
func IDs[K int64 | string](ctx context.Context, path, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		var none K
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			err = folderIDs(ctx, path, key, func(id K) bool { return yield(id, nil) })
		} else if err == nil {
			open := func() (*os.File, error) { return sink.OpenExport(path) }
			_, err = fileIDs(ctx, path, path, key, open, func(id K) bool { return yield(id, nil) })
		}
		switch {
		case err == nil || errors.Is(err, errStopped):
		case ctx.Err() != nil: // whatever failed, this is why
			yield(none, ctx.Err())
		default:
			yield(none, err)
		}
	}
}

// errStopped reports that nobody wants more ids.
var errStopped = errors.New("stopped")

// folderIDs checks each file against the manifest. The manifest must list every
// file, because readers of a folder read all of them.
func folderIDs[K int64 | string](ctx context.Context, folder, key string, yield func(K) bool) error {
	m, err := sink.ReadManifest(folder)
	if err != nil {
		return err
	}
	rows := int64(0)
	for _, f := range m.Files {
		if err := f.Check(ctx, folder); err != nil {
			return err
		}
		n, err := fileIDs(ctx, filepath.Join(folder, f.Name), f.Name, key, func() (*os.File, error) { return f.Open(folder) }, yield)
		switch {
		case errors.Is(err, errStopped):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", f.Name, err)
		case n != f.Rows:
			return fmt.Errorf("%s has %d rows, not the %d of the manifest", f.Name, n, f.Rows)
		}
		rows += n
	}
	if err := onlyListed(folder, m); err != nil {
		return err
	}
	if rows != m.Rows {
		return fmt.Errorf("it has %d rows, not the %d of the manifest", rows, m.Rows)
	}
	return nil
}

func onlyListed(folder string, m *sink.Manifest) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	listed := map[string]bool{sink.ManifestName: true}
	for _, f := range m.Files {
		listed[f.Name] = true
	}
	for _, entry := range entries {
		if !listed[entry.Name()] {
			return fmt.Errorf("%s is in the folder and not in the manifest", entry.Name())
		}
	}
	return nil
}

// fileIDs yields the ids of one file, in the format that its name ends in, and returns how
// many there are.
func fileIDs[K int64 | string](ctx context.Context, path, name, key string, open func() (*os.File, error), yield func(K) bool) (n int64, err error) {
	format := export.Format(name)
	if format == "" {
		return 0, exit.Usagef("%s: the ending names no format", name)
	}
	f, err := open()
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	var all iter.Seq2[K, error]
	switch format {
	case "sqlite":
		all = sqlitesink.IDs[K](ctx, path)
	case "parquet":
		all = parquetsink.ReadIDs[K](f, key)
	default:
		text, err := compression.Reader(name, f)
		if err != nil {
			return 0, err
		}
		defer text.Close() //nolint:errcheck // opened for reading
		all = sink.IDs[K](format, key, text)
	}
	for id, err := range all {
		switch {
		case err != nil:
			return n, err
		case n%1024 == 0 && ctx.Err() != nil:
			return n, ctx.Err()
		case !yield(id):
			return n, errStopped
		}
		n++
	}
	return n, nil
}
