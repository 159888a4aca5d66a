package sink

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FS is the part of a file system that durable files need. [OS] is the real one; a test may
// use one that fails. A name means what it means in package os, but no method follows a
// symbolic link at its end. Implementations are safe for concurrent use. A file that does
// not exist is an error that matches [fs.ErrNotExist].
type FS interface {
	// Open opens a regular file for reading and writing. It makes the file if there is
	// none.
	Open(name string) (Handle, error)
	// Create makes a file. If there is anything of that name, the error matches
	// [fs.ErrExist].
	Create(name string) (Handle, error)
	// Lock keeps other processes from locking the file or folder until the handle is
	// closed or the process ends. If there is none of that name, it makes a file. If
	// another process has the lock, the error matches [ErrLocked].
	Lock(name string) (io.Closer, error)
	// ReadFile reads a whole regular file.
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
	// ReadDir returns what is in a folder, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
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
func (OS) Open(name string) (Handle, error) { return openRegular(name, os.O_RDWR|os.O_CREATE) }

// Create implements [FS].
func (OS) Create(name string) (Handle, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, permissions) //nolint:gosec // the user names it
}

// permissions are those of an exported file: everybody who may read the folder may read it.
const permissions = 0o644

// Lock implements [FS]. On a system without locks it locks nothing.
func (OS) Lock(name string) (io.Closer, error) {
	f, err := openLocked(name)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// openLocked opens the file or folder that is locked.
func openLocked(name string) (*os.File, error) {
	if info, err := os.Lstat(name); err == nil && info.IsDir() {
		return os.OpenFile(name, os.O_RDONLY|noFollow, 0) //nolint:gosec // the user names it
	}
	return openRegular(name, os.O_RDWR|os.O_CREATE)
}

// maxSmallFile is the most that is read of a manifest or a checkpoint, in bytes. The
// largest have a hundred bytes for each of a million files.
const maxSmallFile = 256 << 20

// ReadFile implements [FS]. A file of more than 256 MiB is a [*DamagedError].
func (OS) ReadFile(name string) ([]byte, error) {
	f, err := openRegular(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is read
	data, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err == nil && len(data) > maxSmallFile {
		err = damaged("%s has more than %d MiB", name, maxSmallFile>>20)
	}
	return data, err
}

// Stat implements [FS].
func (OS) Stat(name string) (fs.FileInfo, error) { return os.Lstat(name) }

// Mkdir implements [FS].
func (OS) Mkdir(name string) error { return os.MkdirAll(name, 0o755) } //nolint:gosec // as for permissions

// Rename implements [FS].
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements [FS].
func (OS) Remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ReadDir implements [FS].
func (OS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

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

// openRegular opens a regular file. It neither follows a link nor waits for a pipe.
func openRegular(name string, flags int) (*os.File, error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, &kindError{name, kindOf(info.Mode())}
	}
	f, err := os.OpenFile(name, flags|noFollow, permissions) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	info, err := f.Stat() // it may have changed since
	if err == nil && !info.Mode().IsRegular() {
		err = &kindError{name, kindOf(info.Mode())}
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// kindError reports a name that is not of a regular file.
type kindError struct {
	name string
	kind string
}

func (e *kindError) Error() string { return e.name + ": " + e.kind }

// kindOf describes what is not a regular file, or not a folder.
func kindOf(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "it is a file"
	case m.IsDir():
		return "it is a folder"
	case m&fs.ModeSymlink != 0:
		return "it is a symbolic link, which an export does not follow"
	case m&fs.ModeNamedPipe != 0:
		return "it is a named pipe"
	}
	return "it is not a regular file"
}

// tempSuffix is followed by 16 random hexadecimal digits in the name of a file that is
// about to replace another.
const tempSuffix = ".tmp-"

// tempName returns a name beside a file that nothing has.
func tempName(name string) string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	return name + tempSuffix + hex.EncodeToString(random[:])
}

// writeDurably replaces a small file in one step: at every moment the file has the old
// content or the new one.
func writeDurably(fsys FS, name string, content []byte) (err error) {
	tmp := tempName(name)
	f, err := fsys.Create(tmp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fsys.Remove(tmp) // dropTemps finds what is left
		}
	}()
	if err := errors.Join(writeAll(f, content), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

// dropTemps removes what writeDurably left of a file when the process was killed.
func dropTemps(fsys FS, name string) error {
	entries, err := fsys.ReadDir(filepath.Dir(name))
	for _, e := range entries {
		if isTemp(e, filepath.Base(name)) {
			err = errors.Join(err, fsys.Remove(filepath.Join(filepath.Dir(name), e.Name())))
		}
	}
	return err
}

func isTemp(e fs.DirEntry, base string) bool {
	random, ok := strings.CutPrefix(e.Name(), base+tempSuffix)
	_, err := hex.DecodeString(random)
	return ok && len(random) == 16 && err == nil && e.Type().IsRegular()
}

// writeAll writes all of b. A short write is an error even if the file does not return one.
func writeAll(w io.Writer, b []byte) error {
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
