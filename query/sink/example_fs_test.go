package sink_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/muster-go/muster/query/sink"
)

// What durable files need of a file system, done by the operating system's: a file is
// written under another name, takes its own, and the folder is told to remember.
func ExampleOS() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var fsys sink.FS = sink.OS{}
	name := filepath.Join(folder, "out", "users.csv")
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	check(fsys.Mkdir(filepath.Dir(name)))
	lock, err := fsys.Lock(name + ".lock") // so that no other process writes it meanwhile
	check(err)
	part, err := fsys.Create(name + ".part")
	check(err)
	_, err = part.Write([]byte("id\n7\n"))
	check(err)
	check(part.Sync())
	check(part.Close())
	check(fsys.Rename(name+".part", name))
	check(fsys.SyncDir(filepath.Dir(name)))
	check(lock.Close())
	check(fsys.Remove(name + ".lock"))

	info, err := fsys.Stat(name)
	check(err)
	text, err := fsys.ReadFile(name)
	check(err)
	found, err := fsys.ReadDir(filepath.Join(folder, "out"))
	fmt.Printf("%d bytes: %q, %d file, %v\n", info.Size(), text, len(found), err)
	// Output:
	// 5 bytes: "id\n7\n", 1 file, <nil>
}

// Before it fetches a row, a program asks whether an export can take its name.
func ExampleCheckTarget() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	fmt.Println(sink.CheckTarget(filepath.Join(folder, "users.csv"), false))
	err = sink.CheckTarget(folder, false)
	fmt.Println(errors.Is(err, sink.ErrForeign), errors.Unwrap(err))
	// Output:
	// <nil>
	// true it is a folder
}

// A database may be mounted itself, because it is written in place.
func ExampleCheckInPlace() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	fmt.Println(sink.CheckInPlace(filepath.Join(folder, "users.sqlite")))
	// Output: <nil>
}

// A finished export is opened for reading only if it is a regular file.
func ExampleOpenExport() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name := filepath.Join(folder, "users.ndjson")
	if err := os.WriteFile(name, []byte(`{"id":7}`+"\n"), 0o600); err != nil {
		panic(err)
	}

	f, err := sink.OpenExport(name)
	if err != nil {
		panic(err)
	}
	defer func() { _ = f.Close() }()
	for id, err := range sink.IDs[int64]("ndjson", "id", f) {
		fmt.Println(id, err)
	}
	_, err = sink.OpenExport(folder)
	fmt.Println(errors.Is(err, sink.ErrDamaged))
	// Output:
	// 7 <nil>
	// true
}
