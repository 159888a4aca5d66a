package sink_test

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/sink"
)

// disk is a file system in memory with what a crash takes away: content that was
// not synced, and names whose folder was not.
type disk struct {
	names   map[string]*inode // as processes see them
	safe    map[string]*inode // as a crash leaves them at the least
	changes []change          // of names since their folders were synced
}

type inode struct {
	folder     bool
	data, safe []byte // as processes see it, and as a crash may leave it
}

// change is one step of what happened to the names in a folder: it happens as a
// whole, and never before those that came earlier.
type change struct {
	folder string
	do     func(names map[string]*inode)
}

func newDisk() *disk {
	root := map[string]*inode{".": {folder: true}}
	return &disk{names: root, safe: map[string]*inode{".": root["."]}}
}

// change makes a change that is not safe yet.
func (d *disk) change(folder string, do func(names map[string]*inode)) {
	do(d.names)
	d.changes = append(d.changes, change{folder, do})
}

// crash loses what is not safe, or some of it: of each folder's changes the last
// ones, of a file's content
// any that was not synced.
func (d *disk) crash() {
	kept := make(map[string]int)
	for _, c := range d.changes {
		kept[c.folder]++
	}
	for folder, n := range kept {
		kept[folder] = rand.IntN(n + 1)
	}
	for _, c := range d.changes {
		if kept[c.folder]--; kept[c.folder] >= 0 {
			c.do(d.safe)
		}
	}
	d.changes, d.names = nil, make(map[string]*inode)
	for name, i := range d.safe {
		d.names[name] = i
		if slices.Equal(i.data, i.safe) {
			continue
		}
		same := 0 // what both begin with was synced and not written over
		for same < min(len(i.data), len(i.safe)) && i.data[same] == i.safe[same] {
			same++
		}
		switch rand.IntN(4) {
		case 0: // all of it has reached the disk
		case 1:
			i.data = slices.Clone(i.safe)
		case 2: // its length has, its bytes have not
			clear(i.data[same:])
		case 3:
			i.data = i.data[:same+rand.IntN(len(i.data)-same+1)]
		}
		i.safe = slices.Clone(i.data)
	}
}

// copyTo puts what is there into a real folder.
func (d *disk) copyTo(tb testing.TB, folder string) {
	tb.Helper()
	for name, i := range d.names {
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			tb.Fatal(err)
		}
		if i.folder {
			continue
		}
		if err := os.WriteFile(to, i.data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

func missing(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

func (d *disk) Open(name string) (sink.Handle, error) {
	i, ok := d.names[name]
	if !ok {
		if d.names[filepath.Dir(name)] == nil {
			return nil, missing("open", name)
		}
		i = new(inode)
		d.change(filepath.Dir(name), func(names map[string]*inode) { names[name] = i })
	}
	return &diskFile{inode: i}, nil
}

func (d *disk) Create(name string) (sink.Handle, error) {
	if d.names[name] != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	}
	return d.Open(name)
}

func (d *disk) Lock(name string) (io.Closer, error) {
	if i := d.names[name]; i != nil && i.folder {
		return io.NopCloser(nil), nil
	}
	return d.Open(name)
}

func (d *disk) ReadFile(name string) ([]byte, error) {
	if i := d.names[name]; i != nil {
		return slices.Clone(i.data), nil
	}
	return nil, missing("open", name)
}

func (d *disk) Stat(name string) (fs.FileInfo, error) {
	if i := d.names[name]; i != nil {
		return diskInfo{filepath.Base(name), i}, nil
	}
	return nil, missing("stat", name)
}

func (d *disk) Mkdir(name string) error {
	if d.names[name] == nil {
		i := &inode{folder: true}
		d.change(filepath.Dir(name), func(names map[string]*inode) { names[name] = i })
	}
	return nil
}

// Rename takes what is in a folder along.
func (d *disk) Rename(from, to string) error {
	i := d.names[from]
	if i == nil {
		return missing("rename", from)
	}
	if taken := d.names[to]; taken != nil && taken.folder {
		return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
	}
	d.change(filepath.Dir(to), func(names map[string]*inode) {
		delete(names, from)
		names[to] = i
		for name, inside := range names {
			if rest, ok := strings.CutPrefix(name, from+"/"); ok {
				delete(names, name)
				names[to+"/"+rest] = inside
			}
		}
	})
	for k := range d.changes { // the folder is the same one
		if d.changes[k].folder == from {
			d.changes[k].folder = to
		}
	}
	return nil
}

func (d *disk) Remove(name string) error {
	if d.names[name] == nil {
		return nil
	}
	for inside := range d.names {
		if strings.HasPrefix(inside, name+"/") {
			return &fs.PathError{Op: "remove", Path: name, Err: errors.New("directory not empty")}
		}
	}
	d.change(filepath.Dir(name), func(names map[string]*inode) { delete(names, name) })
	return nil
}

func (d *disk) ReadDir(name string) (found []fs.DirEntry, err error) {
	if d.names[name] == nil {
		return nil, missing("open", name)
	}
	for inside, i := range d.names {
		if inside != "." && filepath.Dir(inside) == name {
			found = append(found, fs.FileInfoToDirEntry(diskInfo{filepath.Base(inside), i}))
		}
	}
	slices.SortFunc(found, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return found, nil
}

func (d *disk) SyncDir(name string) error {
	d.changes = slices.DeleteFunc(d.changes, func(c change) bool {
		if c.folder == name {
			c.do(d.safe)
		}
		return c.folder == name
	})
	return nil
}

type diskFile struct {
	*inode

	at int64
}

func (f *diskFile) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *diskFile) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *diskFile) Write(p []byte) (int, error) {
	if more := f.at + int64(len(p)) - int64(len(f.data)); more > 0 {
		f.data = append(f.data, make([]byte, more)...)
	}
	f.at += int64(copy(f.data[f.at:], p))
	return len(p), nil
}

func (f *diskFile) Seek(offset int64, whence int) (int64, error) {
	f.at = offset + []int64{io.SeekStart: 0, io.SeekCurrent: f.at, io.SeekEnd: int64(len(f.data))}[whence]
	return f.at, nil
}

func (f *diskFile) Truncate(size int64) error {
	f.data = append(slices.Clone(f.data[:min(size, int64(len(f.data)))]), make([]byte, max(0, size-int64(len(f.data))))...)
	return nil
}

func (f *diskFile) Sync() error {
	f.safe = slices.Clone(f.data)
	return nil
}

func (f *diskFile) Close() error { return nil }

type diskInfo struct {
	name string
	*inode
}

func (i diskInfo) Name() string { return i.name }
func (i diskInfo) Size() int64  { return int64(len(i.data)) }
func (i diskInfo) IsDir() bool  { return i.folder }
func (i diskInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o700
	}
	return 0o600
}

func (diskInfo) ModTime() (t time.Time) {
	return t
}
func (diskInfo) Sys() any { return nil }
