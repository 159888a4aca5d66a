package query_test

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/muster-go/muster/query/sink"
)

// memoryFS is a file system in memory, because thousands of exports that commit each
// batch spend most of their time in system calls. Names are slash-separated and
// relative.
type memoryFS struct {
	mu     sync.Mutex
	files  fstest.MapFS
	locked map[string]bool
}

func newMemoryFS() *memoryFS {
	return &memoryFS{files: fstest.MapFS{}, locked: make(map[string]bool)}
}

// save writes all files to a folder of the operating system, for readers that take a
// path.
func (m *memoryFS) save(folder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, f := range m.files {
		if f.Mode.IsDir() {
			continue
		}
		to := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.Data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryFS) Open(name string) (sink.Handle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.files[name]
	if f == nil {
		if dir := path.Dir(name); dir != "." && m.files[dir] == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		f = &fstest.MapFile{Mode: 0o644}
		m.files[name] = f
	}
	return &memoryFile{fs: m, file: f}, nil
}

func (m *memoryFS) Create(name string) (sink.Handle, error) {
	if _, err := m.Stat(name); err == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	}
	return m.Open(name)
}

func (m *memoryFS) Lock(name string) (io.Closer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locked[name] {
		return nil, sink.ErrLocked
	}
	if m.files[name] == nil {
		m.files[name] = &fstest.MapFile{Mode: 0o644}
	}
	m.locked[name] = true
	return memoryLock{m, name}, nil
}

func (m *memoryFS) ReadFile(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files.ReadFile(name)
}

func (m *memoryFS) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files.Stat(name)
}

func (m *memoryFS) Mkdir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ; name != "."; name = path.Dir(name) {
		m.files[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
	}
	return nil
}

func (m *memoryFS) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files[from] == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	for name, f := range m.files {
		if rest, ok := strings.CutPrefix(name, from+"/"); ok {
			delete(m.files, name)
			m.files[to+"/"+rest] = f
		}
	}
	m.files[to] = m.files[from]
	delete(m.files, from)
	return nil
}

func (m *memoryFS) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for other := range m.files {
		if strings.HasPrefix(other, name+"/") {
			return fmt.Errorf("%s is not empty", name)
		}
	}
	delete(m.files, name)
	return nil
}

func (m *memoryFS) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files.ReadDir(name)
}

func (m *memoryFS) SyncDir(string) error { return nil }

// memoryLock is a lock that is held.
type memoryLock struct {
	fs   *memoryFS
	name string
}

func (l memoryLock) Close() error {
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	delete(l.fs.locked, l.name)
	return nil
}

// memoryFile is an open file of a memoryFS.
type memoryFile struct {
	fs   *memoryFS
	file *fstest.MapFile
	at   int64
}

func (f *memoryFile) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *memoryFile) ReadAt(p []byte, at int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if at >= int64(len(f.file.Data)) {
		return 0, io.EOF
	}
	n := copy(p, f.file.Data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if grow := f.at + int64(len(p)) - int64(len(f.file.Data)); grow > 0 {
		f.file.Data = append(f.file.Data, make([]byte, grow)...)
	}
	copy(f.file.Data[f.at:], p)
	f.at += int64(len(p))
	return len(p), nil
}

func (f *memoryFile) Seek(offset int64, whence int) (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += int64(len(f.file.Data))
	}
	f.at = offset
	return offset, nil
}

func (f *memoryFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if grow := size - int64(len(f.file.Data)); grow > 0 {
		f.file.Data = append(f.file.Data, make([]byte, grow)...)
	}
	f.file.Data = f.file.Data[:size]
	return nil
}

func (f *memoryFile) Sync() error  { return nil }
func (f *memoryFile) Close() error { return nil }
