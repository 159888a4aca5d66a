package querytest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
)

// journal is a sink of one file: a line of JSON for each row, and after a sharp the
// checkpoint of each commit. Until the export is whole it has another name.
type journal struct {
	path, part string
	file       *os.File
	lines      *bufio.Writer
	keepsAll   bool // a fault, for the tests
}

func newJournal(path string) *journal { return &journal{path: path, part: path + ".part"} }

// Resume cuts off what stands behind the last checkpoint.
func (j *journal) Resume(context.Context) (checkpoint []byte, err error) {
	if j.file, err = os.OpenFile(j.part, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(j.file)
	if err != nil {
		return nil, err
	}
	var end, at int64
	for line := range bytes.Lines(text) {
		at += int64(len(line))
		if line[0] == '#' && bytes.HasSuffix(line, []byte("\n")) {
			checkpoint, end = bytes.TrimSpace(line[1:]), at
		}
	}
	if j.keepsAll {
		end = at
	}
	if err := j.file.Truncate(end); err != nil {
		return nil, err
	}
	_, err = j.file.Seek(end, io.SeekStart)
	j.lines = bufio.NewWriter(j.file)
	return checkpoint, err
}

func (j *journal) Write(_ context.Context, rows []model.User) error {
	for i := range rows {
		if _, err := j.lines.Write(append(rows[i].AppendJSON(nil), '\n')); err != nil {
			return err
		}
	}
	return j.lines.Flush()
}

// Commit writes the checkpoint behind the rows, so that neither is there without
// the other. The last one gives the file its name.
func (j *journal) Commit(_ context.Context, checkpoint []byte) error {
	if j.file == nil { // finished before
		return nil
	}
	if checkpoint != nil {
		if _, err := fmt.Fprintf(j.lines, "#%s\n", checkpoint); err != nil {
			return err
		}
	}
	if err := errors.Join(j.lines.Flush(), j.file.Sync()); err != nil || checkpoint != nil {
		return err
	}
	if err := os.Rename(j.part, j.path); err != nil {
		return err
	}
	return j.Close()
}

func (j *journal) Close() error {
	if j.file == nil {
		return nil
	}
	file := j.file
	j.file = nil
	return file.Close()
}

// readJournal reads a finished journal.
func readJournal(path string) ([][]model.Value, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows bytes.Buffer
	for line := range bytes.Lines(text) {
		if line[0] != '#' {
			rows.Write(line)
		}
	}
	return decodeRows(json.NewDecoder(&rows))
}

func ExampleTestSink() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	fmt.Println(querytest.TestSink(context.Background(), querytest.SinkTest[model.User]{
		Folder: folder,
		Open: func(place string) (query.Sink[model.User], error) {
			return newJournal(filepath.Join(place, "users")), nil
		},
		Read: func(place string) ([][]model.Value, error) { return readJournal(filepath.Join(place, "users")) },
		Rows: people(), Record: record, Fields: exported(),
	}))
	// Output: <nil>
}
