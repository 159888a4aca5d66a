package parquetsink_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

func ExampleNew() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name, ctx := filepath.Join(folder, "users.parquet"), context.Background()

	encoding, err := parquetsink.New(shipstream.UserSchema(), fields("id", "name", "created_at", "roles"), record)
	if err != nil {
		panic(err)
	}
	to := sink.NewFile(name, encoding, sink.FileOptions{})
	if _, err := to.Resume(ctx); err != nil {
		panic(err)
	}
	users := []shipstream.User{{ID: 7, Name: model.Some("Ana"), Roles: model.Some([]model.Ref{{Type: "OrganizationUserRole", ID: 3}})}}
	fmt.Println(to.Write(ctx, users), to.Commit(ctx, []byte(`"all"`)), to.Commit(ctx, nil), to.Close())

	// Any reader of Parquet will do.
	type user struct {
		ID    int64   `parquet:"id"`
		Name  string  `parquet:"name,optional"`
		Roles []int64 `parquet:"roles,list"`
	}
	rows, err := parquet.ReadFile[user](name)
	fmt.Printf("%+v %v\n", rows, err)
	// Output:
	// <nil> <nil> <nil> <nil>
	// [{ID:7 Name:Ana Roles:[3]}] <nil>
}

func ExampleIDs() {
	for _, err := range parquetsink.IDs[int64]("no such file", "id") {
		fmt.Println(err != nil)
	}
	// Output: true
}

// An open file is read without trust in what it says of itself.
func ExampleReadIDs() {
	for id, err := range parquetsink.ReadIDs[int64](strings.NewReader("PAR1 and no footer \xff\xff\xff\x7fPAR1"), "id") {
		fmt.Println(id, err)
	}
	// Output: 0 its footer has 2147483647 bytes, more than the 15 it can have
}
