package sink_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

func exampleUsers() []shipstream.User {
	return []shipstream.User{
		{Kind: shipstream.OrganizationUser, ID: 1, Name: model.Some("Ana")},
		{Kind: shipstream.ClientUser, ID: 2, Name: model.Some("=1+1")},
	}
}

func exampleColumns(names ...string) []*model.Field {
	fields := make([]*model.Field, len(names))
	for i, name := range names {
		fields[i], _ = shipstream.UserSchema().Lookup(name)
	}
	return fields
}

func ExampleNDJSON() {
	w := sink.NewStream(os.Stdout, sink.NDJSON("", sink.AppendJSON[shipstream.User]))
	_ = w.Write(context.Background(), exampleUsers())
	_ = w.Close()
	// Output:
	// {"type":"OrganizationUser","id":1,"name":"Ana"}
	// {"type":"ClientUser","id":2,"name":"=1+1"}
}

func ExampleAppendJSON() {
	w := sink.NewStream(os.Stdout, sink.NDJSON("", sink.AppendJSON[shipstream.User]))
	_ = w.Write(context.Background(), exampleUsers()[:1])
	_ = w.Close()
	// Output: {"type":"OrganizationUser","id":1,"name":"Ana"}
}

func ExampleJSON() {
	w := sink.NewStream(os.Stdout, sink.JSON("", encode))
	_ = w.Write(context.Background(), exampleUsers())
	_ = w.Close()
	// Output:
	// [
	// {"type":"OrganizationUser","id":1,"name":"Ana"},
	// {"type":"ClientUser","id":2,"name":"=1+1"}
	// ]
}

func ExampleCSV() {
	w := sink.NewStream(os.Stdout, sink.CSV(shipstream.UserSchema(), exampleColumns("id", "name"), record))
	_ = w.Write(context.Background(), exampleUsers())
	_ = w.Close()
	// Output:
	// id,name
	// 1,Ana
	// 2,'=1+1
}

func ExampleNewStream() {
	w := sink.NewStream(os.Stdout, sink.CSV(shipstream.UserSchema(), exampleColumns("id"), record))
	_ = w.Close() // a header even without rows
	// Output: id
}

func ExampleText() {
	fmt.Println(sink.Text(sink.NDJSON("", encode), nil).Name())
	// Output: ndjson
}

func ExampleNewFile() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name, ctx := filepath.Join(folder, "users.ndjson"), context.Background()

	to := sink.NewFile(name, sink.Text(sink.NDJSON("", encode), nil), sink.FileOptions{})
	checkpoint, err := to.Resume(ctx)
	fmt.Println(checkpoint == nil, err)
	fmt.Println(to.Write(ctx, exampleUsers()), to.Commit(ctx, []byte(`"both"`)))
	_, err = os.Stat(name)
	fmt.Println("under its name:", err == nil)
	fmt.Println(to.Commit(ctx, nil), to.Close()) // all rows have come
	text, err := os.ReadFile(name)
	fmt.Print(string(text), err)
	// Output:
	// true <nil>
	// <nil> <nil>
	// under its name: false
	// <nil> <nil>
	// {"type":"OrganizationUser","id":1,"name":"Ana"}
	// {"type":"ClientUser","id":2,"name":"=1+1"}
	// <nil>
}

// exportTo writes the users into a folder as an export does.
func exportTo(to *sink.File[shipstream.User]) error {
	ctx := context.Background()
	if _, err := to.Resume(ctx); err != nil {
		return err
	}
	return errors.Join(to.Write(ctx, exampleUsers()), to.Commit(ctx, []byte(`"all"`)), to.Commit(ctx, nil), to.Close())
}

func ExampleNewFolder() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name := filepath.Join(folder, "users")
	encoding := sink.Text(sink.NDJSON("", sink.AppendJSON[shipstream.User]), nil)
	to := sink.NewFolder(name, sink.SplitRows[shipstream.User](1), encoding, ".ndjson", sink.FileOptions{})
	fmt.Println(exportTo(to)) // which is query.Export, in a program
	m, err := sink.ReadManifest(name)
	if err != nil {
		panic(err)
	}
	for _, f := range m.Files {
		fmt.Println(f.Name, f.Rows, f.Check(context.Background(), name))
	}
	// Output:
	// <nil>
	// part-00001.ndjson 1 <nil>
	// part-00002.ndjson 1 <nil>
}

func ExampleSplitRows() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name := filepath.Join(folder, "users")
	encoding := sink.Text(sink.NDJSON("", sink.AppendJSON[shipstream.User]), nil)
	to := sink.NewFolder(name, sink.SplitRows[shipstream.User](1000), encoding, ".ndjson", sink.FileOptions{})
	fmt.Println(exportTo(to))
	files, err := filepath.Glob(filepath.Join(name, "part-*"))
	fmt.Println(len(files), err)
	// Output:
	// <nil>
	// 1 <nil>
}

func ExamplePartitionBy() {
	by, err := sink.PartitionBy(shipstream.UserSchema(), "type", record)
	if err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name := filepath.Join(folder, "users")
	encoding := sink.Text(sink.NDJSON("", sink.AppendJSON[shipstream.User]), nil)
	fmt.Println(exportTo(sink.NewFolder(name, by, encoding, ".ndjson", sink.FileOptions{})))
	m, err := sink.ReadManifest(name)
	if err != nil {
		panic(err)
	}
	for _, f := range m.Files {
		fmt.Println(f.Name, f.Rows)
	}
	_, err = sink.PartitionBy(shipstream.UserSchema(), "created_at", record)
	fmt.Println(err)
	// Output:
	// <nil>
	// type=ClientUser.ndjson 1
	// type=OrganizationUser.ndjson 1
	// created_at is a time: write created_at:year, created_at:month or created_at:day
}

func ExampleReadManifest() {
	_, err := sink.ReadManifest("no such folder")
	fmt.Println(os.IsNotExist(err))
	// Output: true
}

func ExampleIDs() {
	for id, err := range sink.IDs[int64]("csv", "id", strings.NewReader("name,id\nAna,7\n")) {
		fmt.Println(id, err)
	}
	// Output: 7 <nil>
}
