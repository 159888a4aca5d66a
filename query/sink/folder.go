package sink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// NewFolder returns a sink that writes a folder of files and a manifest, which lists the
// rows, bytes and checksum of each; see [ReadManifest]. The folder grows as NAME.part and
// has its name only when it is whole, as a [File] does. The extension is that of the files,
// with its dot. A folder that had the name before is replaced if it is such an export;
// anything else is left alone, and Resume fails with a [*ForeignError]. While it grows it
// also has a log of how much of each file is committed.
func NewFolder[T any](path string, by Partition[T], encoding Encoding[T], extension string, o FileOptions) *File[T] {
	f := NewFile(path, Encoding[T](folder[T]{by, encoding, extension}), o)
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
}

func (e folder[T]) Name() string { return e.encoding.Name() + ", " + e.by.key }

func (e folder[T]) Open(fsys FS, path string, at Position) (Body[T], error) {
	log, files, err := openPositions(fsys, path, at.More)
	if err != nil {
		return nil, err
	}
	b := &folderBody[T]{
		folder: e, fs: fsys, path: path, rows: at.Rows, files: files, log: log,
		names: make(map[part]string, len(files)), taken: make(map[string]part, len(files)), open: make(map[string]*openFile[T]),
	}
	for name, f := range b.files {
		b.bytes += f.Bytes
		if f.Part != nil {
			b.names[f.Part.part()], b.taken[strings.ToLower(name)] = name, f.Part.part()
		}
	}
	if err := b.prune(); err != nil {
		return nil, err
	}
	return b, nil
}

func (e folder[T]) Discard(fsys FS, path string) error {
	return removeFiles(fsys, path, func(string) bool { return false })
}

// removeFiles removes the files of a folder that grows, except those to keep.
func removeFiles(fsys FS, path string, keep func(name string) bool) error {
	entries, err := fsys.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if isExported(e) && !keep(e.Name()) {
			err = errors.Join(err, fsys.Remove(filepath.Join(path, e.Name())))
		}
	}
	return err
}

// folderBody is the growing folder.
type folderBody[T any] struct {
	folder[T]

	fs    FS
	path  string
	rows  int64
	bytes int64                 // of files
	files map[string]folderFile // how much of each file is synced
	log   *positionLog          // of files
	names map[part]string       // of the files
	taken map[string]part       // by a name in lower case, because some systems ignore case
	open  map[string]*openFile[T]
	clock int64

	identity map[string]string // of the export; nil = unknown
}

func (b *folderBody[T]) describe(identity map[string]string) { b.identity = identity }

// committed follows a Sync whose position is durable.
func (b *folderBody[T]) committed() { b.log.committed() }

// folderFile is a file of the folder in a [Position].
type folderFile struct {
	Position

	Part *storedPart `json:"part,omitempty"` // nil in a checkpoint of an earlier build
}

// storedPart is a part in JSON.
type storedPart struct {
	Kind  partKind `json:"kind"`
	Count int64    `json:"count,omitempty"`
	Value string   `json:"value,omitempty"`
}

// shown is the value as a manifest has it.
func (s *storedPart) shown() *string {
	if s == nil || s.Kind != partValue {
		return nil
	}
	return &s.Value
}

func (s *storedPart) part() part { return part{s.Kind, s.Count, s.Value} }

type openFile[T any] struct {
	body Body[T]
	part *storedPart
	used int64
	rows []T // of the current Write
}

// prune removes files that were started after the position.
func (b *folderBody[T]) prune() error {
	return removeFiles(b.fs, b.path, func(name string) bool {
		if name == b.log.Log {
			return true
		}
		for known := name; ; {
			if _, ok := b.files[known]; ok {
				return true
			}
			at := strings.LastIndexByte(known, '.') // an encoding appends to the names of its files
			if at < 0 {
				return false
			}
			known = known[:at]
		}
	})
}

// name returns the name of a part's file. It differs from all others in more than case.
func (b *folderBody[T]) name(p part) string {
	if name, ok := b.names[p]; ok {
		return name
	}
	name, hashed := b.by.name(p)
	name += b.extension
	for again := 1; ; again++ {
		owner, taken := b.taken[strings.ToLower(name)]
		if !taken || owner == p {
			break
		}
		name = hashed + b.extension
		if again > 1 { // two values with one hash
			name = fmt.Sprintf("%s~%d%s", hashed, again, b.extension)
		}
	}
	b.names[p], b.taken[strings.ToLower(name)] = name, p
	return name
}

func (b *folderBody[T]) Write(ctx context.Context, rows []T) error {
	var order []*openFile[T]
	for i := range rows {
		f, err := b.file(ctx, b.by.of(&rows[i], b.rows))
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

// file returns the open file of a part, and opens it if need be.
func (b *folderBody[T]) file(ctx context.Context, p part) (*openFile[T], error) {
	b.clock++
	name := b.name(p)
	if f, ok := b.open[name]; ok {
		f.used = b.clock
		return f, nil
	}
	if len(b.open) >= maxOpenFiles {
		if err := b.closeOldest(ctx); err != nil {
			return nil, err
		}
	}
	body, err := b.encoding.Open(b.fs, filepath.Join(b.path, name), b.files[name].Position)
	if err != nil {
		return nil, err
	}
	f := &openFile[T]{body: body, part: &storedPart{p.kind, p.count, p.value}, used: b.clock}
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
	b.synced(oldest, folderFile{at, f.part})
	delete(b.open, oldest)
	return nil
}

// synced notes how much of a file is synced.
func (b *folderBody[T]) synced(name string, f folderFile) {
	b.bytes += f.Bytes - b.files[name].Bytes
	b.log.note(name, f, b.files)
	b.files[name] = f
}

func (b *folderBody[T]) Sync() (Position, error) {
	for name, f := range b.open {
		at, err := f.body.Sync()
		if err != nil {
			return Position{}, err
		}
		b.synced(name, folderFile{at, f.part})
	}
	more, err := b.log.sync(b.files)
	if err != nil {
		return Position{}, err
	}
	return Position{Rows: b.rows, Bytes: b.bytes, More: more}, b.fs.SyncDir(b.path)
}

// Finish implements [Body]: it finishes each file and writes the manifest.
func (b *folderBody[T]) Finish() (Position, error) {
	m := &Manifest{Version: manifestVersion, Format: b.Name(), Rows: b.rows, Files: []ManifestFile{}, Identity: b.identity}
	for name, f := range b.open {
		b.files[name] = folderFile{Part: f.part}
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
		body, err := b.encoding.Open(b.fs, path, b.files[name].Position)
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
	file, err := b.fs.Open(path)
	if err != nil {
		return ManifestFile{}, err
	}
	defer file.Close() //nolint:errcheck // it is read
	sum, n, err := sumOf(file)
	return ManifestFile{name, at.Rows, n, sum, b.files[name].Part.shown()}, err
}

func (b *folderBody[T]) Close() (err error) {
	for name, f := range b.open {
		err = errors.Join(err, f.body.Close())
		delete(b.open, name)
	}
	return err
}
