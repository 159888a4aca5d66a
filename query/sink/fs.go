package sink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS is what durable files need of a file system. [OS] is the real one; a test
// may put one that fails in its place. A name means what it means to package os.
// Implementations are safe for concurrent use.
type FS interface {
	// Open opens a file for reading and writing and makes it if need be.
	Open(name string) (Handle, error)
	// Lock keeps every other process from locking the file or folder, a file
	// being made if need be, until the handle is closed or the process ends. It fails with
	// [ErrLocked] where another holds it.
	Lock(name string) (io.Closer, error)
	ReadFile(name string) ([]byte, error)
	Stat(name string) (fs.FileInfo, error)
	Mkdir(name string) error // with its parents; it may be there
	Rename(from, to string) error
	Remove(name string) error // what is not there is removed already
	// Glob returns the names that match a pattern of [filepath.Match].
	Glob(pattern string) ([]string, error)
	// SyncDir makes the names in a folder durable.
	SyncDir(name string) error
}

// Handle is an open file.
type Handle interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Seeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// ErrLocked is that another process writes the same export.
var ErrLocked = errors.New("another export is writing it")

// OS is the operating system's file system.
type OS struct{}

// Open opens a file for reading and writing.
func (OS) Open(name string) (Handle, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644) //nolint:gosec // an export is for whoever may read the folder
}

// Lock locks the file where the operating system can; elsewhere it locks nothing.
func (OS) Lock(name string) (io.Closer, error) {
	flags := os.O_RDWR | os.O_CREATE
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		flags = os.O_RDONLY
	}
	f, err := os.OpenFile(name, flags, 0o644) //nolint:gosec // as for Open
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// ReadFile reads a whole file.
func (OS) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) } //nolint:gosec // the user names it

// Stat describes a file.
func (OS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// Mkdir makes a folder and its parents.
func (OS) Mkdir(name string) error { return os.MkdirAll(name, 0o755) } //nolint:gosec // as for Open

// Rename replaces one name by another.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file.
func (OS) Remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Glob returns the names that match.
func (OS) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// SyncDir makes a folder's names durable. Some file systems cannot be asked to
// and say so, which is no failure: they do it by themselves or not at all.
func (OS) SyncDir(name string) error {
	d, err := os.Open(name) //nolint:gosec // the folder of the export
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // nothing was written through it
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !cannotSyncDir(err) {
		return err
	}
	return nil
}

// writeDurably replaces a small file: at every moment the name holds the old
// content or the new one, whole.
func writeDurably(fsys FS, name string, content []byte) (err error) {
	tmp := name + ".tmp"
	f, err := fsys.Open(tmp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(tmp) // a rest that the next write replaces
		}
	}()
	if err := errors.Join(f.Truncate(0), writeAll(f, content), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

// writeAll writes all of b: a write that comes short is an error even where the
// file does not say so.
func writeAll(w io.Writer, b []byte) error {
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}

// exists reports whether there is a file of that name.
func exists(fsys FS, name string) (bool, error) {
	_, err := fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
