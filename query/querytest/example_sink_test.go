package querytest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
)

// journal is a sink of one file: a line of JSON for each row, and after a sharp the
// checkpoint of each commit. Until the export is whole it has another name. Once it
// is whole, nothing is left to do.
type journal struct {
	path, part string
	disk       disk
	file       file
	lines      *bufio.Writer
	keepsAll   bool // a fault, for the tests
}

func newJournal(path string) *journal {
	return &journal{path: path, part: path + ".part", disk: func(string) error { return nil }}
}

// Resume cuts off what stands behind the last checkpoint.
func (j *journal) Resume(context.Context) ([]byte, error) {
	text, err := j.disk.read(j.path)
	if err == nil {
		checkpoint, _ := last(text)
		return checkpoint, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if j.file, err = j.disk.open(j.part); err != nil {
		return nil, err
	}
	if text, err = j.disk.read(j.part); err != nil {
		return nil, err
	}
	checkpoint, end := last(text)
	if j.keepsAll {
		end = len(text)
	}
	if err := j.file.Truncate(int64(end)); err != nil {
		return nil, err
	}
	_, err = j.file.Seek(0, io.SeekEnd)
	j.lines = bufio.NewWriter(j.file)
	return checkpoint, err
}

// last is the last checkpoint of a journal, and where its line ends.
func last(text []byte) (checkpoint []byte, end int) {
	at := 0
	for line := range bytes.Lines(text) {
		at += len(line)
		if line[0] == '#' && bytes.HasSuffix(line, []byte("\n")) {
			checkpoint, end = bytes.TrimSpace(line[1:]), at
		}
	}
	return checkpoint, end
}

func (j *journal) Write(_ context.Context, rows []shipstream.User) error {
	if j.file.File == nil {
		return errors.New("the journal is whole, and takes no more rows")
	}
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
	if j.file.File == nil { // finished before
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
	if err := j.disk.rename(j.part, j.path); err != nil {
		return err
	}
	return j.Close()
}

func (j *journal) Close() error {
	if j.file.File == nil {
		return nil
	}
	f := j.file
	j.file = file{}
	return f.Close()
}

// disk is the operating system's, asked before each operation whether it fails.
type disk func(operation string) error

func (d disk) open(name string) (file, error) {
	if err := d("open " + name); err != nil {
		return file{}, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	return file{f, d, new(int64)}, err
}

func (d disk) read(name string) ([]byte, error) {
	if err := d("read " + name); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

func (d disk) rename(from, to string) error {
	if err := d("rename " + from); err != nil {
		return err
	}
	return os.Rename(from, to)
}

type file struct {
	*os.File

	disk   disk
	synced *int64 // bytes
}

// Write writes half of it where it fails.
func (f file) Write(b []byte) (int, error) {
	if err := f.disk("write " + f.Name()); err != nil {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, err
	}
	return f.File.Write(b)
}

func (f file) Truncate(size int64) error {
	if err := f.disk("truncate " + f.Name()); err != nil {
		return err
	}
	*f.synced = size
	return f.File.Truncate(size)
}

// Sync drops what is not synced where it fails, as systems do.
func (f file) Sync() error {
	if err := f.disk("sync " + f.Name()); err != nil {
		return errors.Join(err, f.File.Truncate(*f.synced))
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	*f.synced = info.Size()
	return f.File.Sync()
}

// readJournal reads a finished journal.
func readJournal(path string) ([][]model.Value, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows [][]model.Value
	for line := range bytes.Lines(text) {
		if line[0] == '#' {
			continue
		}
		var u shipstream.User
		if err := u.UnmarshalJSON(line); err != nil {
			return nil, err
		}
		var row []model.Value
		for _, f := range exported() {
			row = append(row, u.Value(f.Index()))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func ExampleTestSink() {
	open := func(place string, fails disk) (query.Sink[shipstream.User], error) {
		to := newJournal(filepath.Join(place, "users"))
		to.disk = fails
		return to, nil
	}
	fmt.Println(querytest.TestSink(context.Background(), querytest.SinkTest[shipstream.User]{
		Open: func(place string) (query.Sink[shipstream.User], error) {
			return open(place, func(string) error { return nil })
		},
		Read: func(place string) ([][]model.Value, error) { return readJournal(filepath.Join(place, "users")) },
		Rows: people(), Record: record, Fields: exported(),
		Failing: func(place string, fail func(string) error) (query.Sink[shipstream.User], error) {
			return open(place, fail)
		},
	}))
	// Output: <nil>
}
