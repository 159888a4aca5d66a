package compression_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
)

// twoMembers writes two members, as two commits do, and reads them as one text.
func twoMembers(name string, form sink.Compression) {
	var b bytes.Buffer
	w, err := form.NewWriter(&b)
	if err != nil {
		panic(err)
	}
	for _, text := range []string{"one\n", "two\n"} {
		w.Reset(&b)
		if _, err := io.WriteString(w, text); err != nil {
			panic(err)
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
	}
	r, err := compression.Reader(name, &b)
	if err != nil {
		panic(err)
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	fmt.Print(string(text), err)
}

func ExampleGzip() {
	twoMembers("x.gz", compression.Gzip())
	// Output:
	// one
	// two
	// <nil>
}

func ExampleZstd() {
	twoMembers("x.zst", compression.Zstd())
	// Output:
	// one
	// two
	// <nil>
}

func ExampleReader() {
	r, err := compression.Reader("plain.csv", bytes.NewBufferString("id\n"))
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(r)
	fmt.Print(string(text), err)
	// Output:
	// id
	// <nil>
}

func ExampleFromName() {
	form, rest := compression.FromName("users.csv.zst")
	fmt.Println(form.Name(), rest)
	// Output: zstd users.csv
}
