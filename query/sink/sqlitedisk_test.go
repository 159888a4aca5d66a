package sink_test

import (
	"sync/atomic"
	"testing"
	"unsafe" //nolint:depguard // SQLite takes a disk as C does: by addresses

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDisk is what SQLite takes for its disk once [failingSQLite] has been
// called.
//
// SQLite reaches a disk through a table of functions, which cannot be closures.
// So there is one disk a process, and tests that use it are not parallel.
var sqliteDisk failingDisk

// failingDisk is the operating system's, asked before each operation whether it fails.
type failingDisk struct {
	fail   atomic.Pointer[func(operation string) error] // nil = none does
	failed atomic.Bool                                  // an operation has, and no write arrives in part any more

	vfs     sqlite3.Tsqlite3_vfs        // the operating system's
	methods sqlite3.Tsqlite3_io_methods // of its files, those that we replace
	ours    map[uintptr]uintptr         // by a table of its files' methods the one with our own among them
}

// failingSQLite has every database of this process stand on a disk on which
// nothing fails yet.
func failingSQLite(t *testing.T) {
	t.Helper()
	d := &sqliteDisk
	t.Cleanup(func() { d.fail.Store(nil) })
	if d.vfs.FxOpen != 0 {
		return
	}
	d.ours = make(map[uintptr]uintptr)
	tls := libc.NewTLS()
	defer tls.Close()
	system := sqlite3.Xsqlite3_vfs_find(tls, 0)
	d.vfs = *at[sqlite3.Tsqlite3_vfs](system)
	ours := d.vfs
	ours.FzName, ours.FpNext = cString(t, "failing"), 0
	ours.FxOpen, ours.FxDelete = function(vfsOpen), function(vfsDelete)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, inC(tls, ours), 1); rc != sqlite3.SQLITE_OK {
		t.Fatalf("SQLite does not take the disk: %d", rc)
	}
}

// failWhere has the disk ask from now on.
func (d *failingDisk) failWhere(fail func(operation string) error) {
	d.failed.Store(false)
	d.fail.Store(&fail)
}

// fails reports whether the operation is one that fails.
func (d *failingDisk) fails(operation string) bool {
	fail := d.fail.Load()
	if fail == nil || (*fail)(operation) == nil {
		return false
	}
	d.failed.Store(true)
	return true
}

// vfsOpen opens a file and puts our methods in the place of its own.
func vfsOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	d := &sqliteDisk
	if flags&sqlite3.SQLITE_OPEN_MAIN_DB == 0 && d.fails("open") { // opening what is there takes no space
		at[sqlite3.Tsqlite3_file](file).FpMethods = 0
		return sqlite3.SQLITE_CANTOPEN
	}
	type open = func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	rc := call[open](d.vfs.FxOpen)(tls, vfs, name, file, flags, out)
	if f := at[sqlite3.Tsqlite3_file](file); rc == sqlite3.SQLITE_OK {
		if d.ours[f.FpMethods] == 0 { // files that are locked and those that are not have different ones
			d.methods = *at[sqlite3.Tsqlite3_io_methods](f.FpMethods)
			ours := d.methods
			ours.FiVersion = 1 // neither shared nor mapped memory
			ours.FxWrite, ours.FxTruncate, ours.FxSync = function(fileWrite), function(fileTruncate), function(fileSync)
			d.ours[f.FpMethods] = inC(tls, ours)
		}
		f.FpMethods = d.ours[f.FpMethods]
	}
	return rc
}

func vfsDelete(tls *libc.TLS, vfs, name uintptr, _ int32) int32 {
	if sqliteDisk.fails("remove") {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	return call[func(*libc.TLS, uintptr, uintptr, int32) int32](sqliteDisk.vfs.FxDelete)(tls, vfs, name, 0)
}

// fileWrite is short at the first fault: half of it arrives.
func fileWrite(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	write := call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](sqliteDisk.methods.FxWrite)
	failed := sqliteDisk.failed.Load()
	if !sqliteDisk.fails("write") {
		return write(tls, file, from, n, offset)
	}
	if !failed {
		write(tls, file, from, n/2, offset)
	}
	return sqlite3.SQLITE_FULL
}

func fileTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	if sqliteDisk.fails("truncate") {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	return call[func(*libc.TLS, uintptr, int64) int32](sqliteDisk.methods.FxTruncate)(tls, file, size)
}

// fileSync has nothing to do but to fail: here nobody pulls the plug.
func fileSync(*libc.TLS, uintptr, int32) int32 {
	if sqliteDisk.fails("sync") {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	return sqlite3.SQLITE_OK
}

// function is a declared function as SQLite's code, which was C, calls it, and
// call is the way back.
func function[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f})) }

func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }

// at is what stands at an address outside Go's memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// inC is a copy outside Go's memory that is never freed.
func inC[T any](tls *libc.TLS, value T) uintptr {
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(value)))
	*at[T](p) = value
	return p
}

func cString(t *testing.T, s string) uintptr {
	t.Helper()
	p, err := libc.CString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
