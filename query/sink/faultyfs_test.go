package sink_test

import (
	"errors"
	"io"
	"io/fs"

	"github.com/muster-go/muster/query/sink"
)

var errFault = errors.New("no space left on device")

// never is more operations than an export takes.
const never = 1 << 30

// countdown lets one operation fail; then either all after it fail, too, as nothing
// works behind a crash, or they happen, as when somebody makes space.
type countdown struct {
	left int // operations until the fault
	once bool
}

func (c *countdown) met() bool { return c.left < 0 }

func (c *countdown) fail(string) error {
	c.left--
	if c.left == -1 || c.left < 0 && !c.once {
		return errFault
	}
	return nil
}

// faultyFS is a file system that asks before each operation whether it fails. Of
// the first write that does, half arrives.
type faultyFS struct {
	sink.FS

	fail   func(operation string) error
	failed bool
}

func (f *faultyFS) asks(operation, name string) error {
	err := f.fail(operation + " " + name)
	f.failed = f.failed || err != nil
	return err
}

func (f *faultyFS) Open(name string) (sink.Handle, error) { return f.open("open", name, f.FS.Open) }

func (f *faultyFS) Create(name string) (sink.Handle, error) {
	return f.open("create", name, f.FS.Create)
}

func (f *faultyFS) open(operation, name string, open func(string) (sink.Handle, error)) (sink.Handle, error) {
	if err := f.asks(operation, name); err != nil {
		return nil, err
	}
	h, err := open(name)
	if err != nil {
		return nil, err
	}
	file := &faultyFile{Handle: h, fs: f, name: name}
	file.synced, err = file.size()
	return file, err
}

func (f *faultyFS) Lock(name string) (io.Closer, error) {
	if err := f.asks("lock", name); err != nil {
		return nil, err
	}
	return f.FS.Lock(name)
}

func (f *faultyFS) ReadFile(name string) ([]byte, error) {
	if err := f.asks("read", name); err != nil {
		return nil, err
	}
	return f.FS.ReadFile(name)
}

func (f *faultyFS) Stat(name string) (fs.FileInfo, error) {
	if err := f.asks("stat", name); err != nil {
		return nil, err
	}
	return f.FS.Stat(name)
}

func (f *faultyFS) Mkdir(name string) error {
	if err := f.asks("mkdir", name); err != nil {
		return err
	}
	return f.FS.Mkdir(name)
}

func (f *faultyFS) Rename(from, to string) error {
	if err := f.asks("rename", from); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

func (f *faultyFS) Remove(name string) error {
	if err := f.asks("remove", name); err != nil {
		return err
	}
	return f.FS.Remove(name)
}

func (f *faultyFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.asks("list", name); err != nil {
		return nil, err
	}
	return f.FS.ReadDir(name)
}

func (f *faultyFS) SyncDir(name string) error {
	if err := f.asks("sync", name); err != nil {
		return err
	}
	return f.FS.SyncDir(name)
}

// quickFS is the operating system's file system on a machine that nobody pulls the
// plug of.
type quickFS struct{ sink.OS }

func (quickFS) SyncDir(string) error { return nil }

func (q quickFS) Open(name string) (sink.Handle, error) {
	h, err := q.OS.Open(name)
	return quickFile{h}, err
}

func (q quickFS) Create(name string) (sink.Handle, error) {
	h, err := q.OS.Create(name)
	return quickFile{h}, err
}

type quickFile struct{ sink.Handle }

func (quickFile) Sync() error { return nil }

type faultyFile struct {
	sink.Handle

	fs     *faultyFS
	name   string
	synced int64 // bytes
}

// size leaves the position as it is.
func (f *faultyFile) size() (int64, error) {
	at, err := f.Seek(0, io.SeekCurrent)
	end, atEnd := f.Seek(0, io.SeekEnd)
	_, back := f.Seek(at, io.SeekStart)
	return end, errors.Join(err, atEnd, back)
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if err := f.fs.asks("read", f.name); err != nil {
		return 0, err
	}
	return f.Handle.Read(p)
}

func (f *faultyFile) ReadAt(p []byte, at int64) (int, error) {
	if err := f.fs.asks("read", f.name); err != nil {
		return 0, err
	}
	return f.Handle.ReadAt(p, at)
}

func (f *faultyFile) Write(p []byte) (int, error) {
	before := f.fs.failed
	if err := f.fs.asks("write", f.name); err != nil {
		if before {
			return 0, err
		}
		n, _ := f.Handle.Write(p[:len(p)/2])
		return n, err
	}
	return f.Handle.Write(p)
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.fs.asks("truncate", f.name); err != nil {
		return err
	}
	f.synced = min(f.synced, size)
	return f.Handle.Truncate(size)
}

// Sync drops what is not synced where it fails, as systems do.
func (f *faultyFile) Sync() error {
	if err := f.fs.asks("sync", f.name); err != nil {
		return errors.Join(err, f.Handle.Truncate(f.synced))
	}
	err := f.Handle.Sync()
	if err == nil {
		f.synced, err = f.size()
	}
	return err
}
