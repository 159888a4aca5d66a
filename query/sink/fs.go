package sink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS is the part of a file system that durable files need. [OS] is the real one; a test may
// use one that fails. A name means what it means in package os. Implementations are safe
// for concurrent use. A file that does not exist is an error that matches
// [fs.ErrNotExist].
type FS interface {
	// Open opens a file for reading and writing. It makes the file if there is none.
	Open(name string) (Handle, error)
	// Lock keeps other processes from locking the file or folder until the handle is
	// closed or the process ends. If there is none of that name, it makes a file. If
	// another process has the lock, the error matches [ErrLocked].
	Lock(name string) (io.Closer, error)
	// ReadFile reads a whole file.
	ReadFile(name string) ([]byte, error)
	// Stat describes a file or folder.
	Stat(name string) (fs.FileInfo, error)
	// Mkdir makes a folder and its parents, unless they exist.
	Mkdir(name string) error
	// Rename gives a file or folder another name, in one step. It replaces a file that
	// has that name.
	Rename(from, to string) error
	// Remove removes a file or an empty folder, if there is one.
	Remove(name string) error
	// Glob returns the names that match a pattern of [filepath.Match].
	Glob(pattern string) ([]string, error)
	// SyncDir makes the names in a folder durable.
	SyncDir(name string) error
}

// Handle is an open file. It is for one goroutine.
type Handle interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Seeker
	io.Closer
	// Truncate cuts or extends the file to a size in bytes.
	Truncate(size int64) error
	// Sync makes the content durable.
	Sync() error
}

// ErrLocked reports that another process writes the same export.
var ErrLocked = errors.New("another export is writing it")

// OS is the operating system's file system. The zero value is ready to use.
type OS struct{}

// Open implements [FS].
func (OS) Open(name string) (Handle, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644) //nolint:gosec // everybody who may read the folder may read the export
}

// Lock implements [FS]. On a system without locks it locks nothing.
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

// ReadFile implements [FS].
func (OS) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) } //nolint:gosec // the user names it

// Stat implements [FS].
func (OS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// Mkdir implements [FS].
func (OS) Mkdir(name string) error { return os.MkdirAll(name, 0o755) } //nolint:gosec // as for Open

// Rename implements [FS].
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements [FS].
func (OS) Remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Glob implements [FS].
func (OS) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// SyncDir implements [FS]. It ignores the error of a file system that cannot sync folders:
// such a file system makes names durable by itself, or never.
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

// writeDurably replaces a small file in one step: at every moment the file has the old
// content or the new one.
func writeDurably(fsys FS, name string, content []byte) (err error) {
	tmp := name + ".tmp"
	f, err := fsys.Open(tmp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(tmp) // what is left is replaced by the next write
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

// writeAll writes all of b. A short write is an error even if the file does not return one.
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
