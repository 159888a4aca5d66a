package sink_test

import (
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
	part, err := fsys.Open(name + ".part")
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
	found, err := fsys.Glob(filepath.Join(folder, "out", "*"))
	fmt.Printf("%d bytes: %q, %d file, %v\n", info.Size(), text, len(found), err)
	// Output:
	// 5 bytes: "id\n7\n", 1 file, <nil>
}
