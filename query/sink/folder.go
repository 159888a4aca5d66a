package sink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// NewFolder returns a sink that writes a folder of files and a manifest, which lists the
// rows, bytes and checksum of each; see [ReadManifest]. The folder grows as NAME.part and
// has its name only when it is whole, as a [File] does. The extension is that of the files,
// with its dot. A folder that had the name before is replaced if it is such an export;
// anything else is left alone, and Resume fails with a [*ForeignError].
func NewFolder[T any](path string, by Partition[T], encoding Encoding[T], extension string, o FileOptions) *File[T] {
	f := NewFile(path, Encoding[T](folder[T]{by, encoding, extension, filepath.Clean(path)}), o)
	f.target = folderTarget{}
	return f
}

// maxOpenFiles is how many files of a folder are open at a time. The least recently used
// one is synced and closed for the next.
const maxOpenFiles = 32

// folder is the encoding of several files as a folder.
type folder[T any] struct {
	by        Partition[T]
	encoding  Encoding[T]
	extension string
	target    string
}

func (e folder[T]) Name() string { return e.encoding.Name() + ", " + e.by.key }

func (e folder[T]) Open(fsys FS, path string, at Position) (Body[T], error) {
	if there, err := exists(fsys, e.target); err != nil {
		return nil, err
	} else if there {
		if _, err := readManifest(fsys, e.target); err != nil {
			return nil, &ForeignError{e.target, err}
		}
	}
	b := &folderBody[T]{folder: e, fs: fsys, path: path, rows: at.Rows, files: make(map[string]Position), open: make(map[string]*openFile[T])}
	if len(at.More) > 0 {
		if err := json.Unmarshal(at.More, &b.files); err != nil {
			return nil, &CheckpointError{path, err.Error()}
		}
	}
	for name, at := range b.files {
		if !isInFolder(name) || !at.possible() {
			return nil, &CheckpointError{path, fmt.Sprintf("%q up to byte %d is not in the folder", name, at.Bytes)}
		}
	}
	if err := b.prune(); err != nil {
		return nil, err
	}
	return b, nil
}

func (e folder[T]) Discard(fsys FS, path string) error {
	names, err := fsys.Glob(filepath.Join(path, "*"))
	for _, name := range names {
		err = errors.Join(err, fsys.Remove(name))
	}
	return err
}

// folderBody is the growing folder.
type folderBody[T any] struct {
	folder[T]

	fs    FS
	path  string
	rows  int64
	files map[string]Position // how much of each file is synced
	open  map[string]*openFile[T]
	clock int64
}

type openFile[T any] struct {
	body Body[T]
	used int64
	rows []T // of the current Write
}

// prune removes files that were started after the position.
func (b *folderBody[T]) prune() error {
	names, err := b.fs.Glob(filepath.Join(b.path, "*"))
	for _, name := range names {
		base := filepath.Base(name)
		if !slices.ContainsFunc(slices.Collect(maps.Keys(b.files)), func(known string) bool {
			return base == known || len(base) > len(known) && base[:len(known)+1] == known+"."
		}) {
			err = errors.Join(err, b.fs.Remove(name))
		}
	}
	return err
}

func (b *folderBody[T]) Write(ctx context.Context, rows []T) error {
	var order []*openFile[T]
	for i := range rows {
		f, err := b.file(ctx, b.by.name(&rows[i], b.rows)+b.extension)
		if err != nil {
			return err
		}
		if len(f.rows) == 0 {
			order = append(order, f)
		}
		f.rows = append(f.rows, rows[i])
		b.rows++
	}
	for _, f := range order {
		if err := f.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (f *openFile[T]) flush(ctx context.Context) error {
	if len(f.rows) == 0 {
		return nil
	}
	err := f.body.Write(ctx, f.rows)
	clear(f.rows)
	f.rows = f.rows[:0]
	return err
}

// file returns the open file of that name, and opens it if need be.
func (b *folderBody[T]) file(ctx context.Context, name string) (*openFile[T], error) {
	b.clock++
	if f, ok := b.open[name]; ok {
		f.used = b.clock
		return f, nil
	}
	if len(b.open) >= maxOpenFiles {
		if err := b.closeOldest(ctx); err != nil {
			return nil, err
		}
	}
	body, err := b.encoding.Open(b.fs, filepath.Join(b.path, name), b.files[name])
	if err != nil {
		return nil, err
	}
	f := &openFile[T]{body: body, used: b.clock}
	b.open[name] = f
	return f, nil
}

func (b *folderBody[T]) closeOldest(ctx context.Context) error {
	var oldest string
	for name, f := range b.open {
		if oldest == "" || f.used < b.open[oldest].used {
			oldest = name
		}
	}
	f := b.open[oldest]
	if err := f.flush(ctx); err != nil {
		return err
	}
	at, err := f.body.Sync()
	if err := errors.Join(err, f.body.Close()); err != nil {
		return err
	}
	b.files[oldest] = at
	delete(b.open, oldest)
	return nil
}

func (b *folderBody[T]) Sync() (Position, error) {
	for name, f := range b.open {
		at, err := f.body.Sync()
		if err != nil {
			return Position{}, err
		}
		b.files[name] = at
	}
	if err := b.fs.SyncDir(b.path); err != nil {
		return Position{}, err
	}
	more, err := json.Marshal(b.files)
	at := Position{Rows: b.rows, More: more}
	for _, f := range b.files {
		at.Bytes += f.Bytes
	}
	return at, err
}

// Finish implements [Body]: it finishes each file and writes the manifest.
func (b *folderBody[T]) Finish() (Position, error) {
	m := &Manifest{Version: manifestVersion, Format: b.Name(), Rows: b.rows, Files: []ManifestFile{}}
	for name := range b.open {
		b.files[name] = Position{}
	}
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		f, err := b.finish(name)
		if err != nil {
			return Position{}, err
		}
		m.Files = append(m.Files, f)
		m.Bytes += f.Bytes
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Position{}, err
	}
	return Position{Rows: m.Rows, Bytes: m.Bytes}, writeDurably(b.fs, filepath.Join(b.path, ManifestName), append(text, '\n'))
}

func (b *folderBody[T]) finish(name string) (ManifestFile, error) {
	path := filepath.Join(b.path, name)
	f, ok := b.open[name]
	if !ok {
		body, err := b.encoding.Open(b.fs, path, b.files[name])
		if err != nil {
			return ManifestFile{}, err
		}
		f = &openFile[T]{body: body}
	}
	at, err := f.body.Finish()
	if err := errors.Join(err, f.body.Close()); err != nil {
		return ManifestFile{}, err
	}
	delete(b.open, name)
	sum, n, err := sumFile(b.fs, path)
	return ManifestFile{name, at.Rows, n, sum}, err
}

func (b *folderBody[T]) Close() (err error) {
	for name, f := range b.open {
		err = errors.Join(err, f.body.Close())
		delete(b.open, name)
	}
	return err
}
