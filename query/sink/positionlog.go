package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
)

// positionLog is a file in a folder that grows. It holds how much of each file there is
// durable, so that a commit need not write the position of every file. Its first record has
// every file, and each later one the files that changed. The sidecar says how many bytes of
// it a commit made; what follows them is of a commit that was cut off, and is overwritten.
// A log that grew long is followed by a new one, which begins with every file again.
type positionLog struct {
	fs     FS
	folder string

	logEnd       // of the records that are durable
	base   int64 // bytes of the first record
	number int   // in the name

	changed map[string]folderFile // since the last record
	before  []string              // logs that this one follows, which the last commit may need
}

// logEnd is a [positionLog] in a [Position].
type logEnd struct {
	Log   string `json:"log"` // its name; "" = there is none
	Bytes int64  `json:"bytes"`
}

// A log is followed by a new one when the records after its first are longer than that, but
// not before they have minLog bytes, nor later than at maxLog. So a commit writes at most
// about twice what changed, and a log stays below what is read of a file.
const (
	minLog = 64 << 10
	maxLog = 32 << 20
)

const logFormat = "positions-%06d.log"

var logName = regexp.MustCompile(`^positions-[0-9]{6,18}\.log$`)

// openPositions reads the files of a folder at a position, and the log that has them.
func openPositions(fsys FS, folder string, more json.RawMessage) (*positionLog, map[string]folderFile, error) {
	l := &positionLog{fs: fsys, folder: folder, changed: make(map[string]folderFile)}
	files := make(map[string]folderFile)
	if len(more) == 0 {
		return l, files, nil
	}
	if err := json.Unmarshal(more, &l.logEnd); err != nil {
		return nil, nil, &CheckpointError{folder, err.Error()}
	}
	if l.Log == "" { // an earlier build wrote every file into the sidecar
		l.logEnd = logEnd{}
		if _, err := readRecords(more, files); err != nil {
			return nil, nil, &CheckpointError{folder, err.Error()}
		}
	} else if err := l.read(files); err != nil {
		return nil, nil, err
	}
	for name, f := range files {
		if !isInFolder(name) || !f.possible() {
			return nil, nil, &CheckpointError{folder, fmt.Sprintf("%q up to byte %d is not in the folder", name, f.Bytes)}
		}
	}
	return l, files, nil
}

// read reads what the log has of files.
func (l *positionLog) read(files map[string]folderFile) error {
	if !logName.MatchString(l.Log) || l.Bytes < 0 {
		return &CheckpointError{l.folder, fmt.Sprintf("%q up to byte %d is not a log of positions", l.Log, l.Bytes)}
	}
	path := filepath.Join(l.folder, l.Log)
	data, err := l.fs.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &CheckpointError{path, "it is gone"}
	case err != nil:
		return err
	case int64(len(data)) < l.Bytes:
		return &CheckpointError{path, fmt.Sprintf("it has %d bytes where %d were committed", len(data), l.Bytes)}
	}
	if l.base, err = readRecords(data[:l.Bytes], files); err != nil {
		return &CheckpointError{path, err.Error()}
	}
	if _, err := fmt.Sscanf(l.Log, logFormat, &l.number); err != nil {
		return &CheckpointError{path, err.Error()}
	}
	return nil
}

// readRecords reads records into files, and returns the length of the first.
func readRecords(data []byte, files map[string]folderFile) (first int64, err error) {
	for records := json.NewDecoder(bytes.NewReader(data)); ; {
		record := files // which a null does not change
		err := records.Decode(&record)
		if errors.Is(err, io.EOF) {
			return first, nil
		}
		if err != nil {
			return 0, err
		}
		if first == 0 {
			first = records.InputOffset()
		}
	}
}

// note adds a file to the next record. all are the files of the folder, in which the file
// has its earlier position still.
func (l *positionLog) note(name string, f folderFile, all map[string]folderFile) {
	was, ok := all[name]
	if ok && was.Rows == f.Rows && was.Bytes == f.Bytes && bytes.Equal(was.More, f.More) && (was.Part != nil || f.Part == nil) {
		return // its part stays the same, but an earlier build did not write it
	}
	l.changed[name] = f
}

// sync makes the positions durable that changed, and returns what says where they are. all
// are the files of the folder. The caller syncs the folder.
func (l *positionLog) sync(all map[string]folderFile) (json.RawMessage, error) {
	if len(l.changed) > 0 || l.Log == "" {
		if err := l.write(all); err != nil {
			return nil, err
		}
		clear(l.changed)
	}
	return json.Marshal(l.logEnd)
}

// write appends a record, or starts the log that follows.
func (l *positionLog) write(all map[string]folderFile) error {
	if l.Log != "" {
		record, err := json.Marshal(l.changed)
		if err != nil {
			return err
		}
		if after := l.Bytes - l.base + int64(len(record)); after <= min(max(minLog, l.base), maxLog) {
			end, err := l.append(l.Log, l.Bytes, record)
			if err == nil {
				l.Bytes = end
			}
			return err
		}
	}
	record, err := json.Marshal(all)
	if err != nil {
		return err
	}
	name := fmt.Sprintf(logFormat, l.number+1)
	end, err := l.append(name, 0, record)
	if err != nil {
		return err
	}
	if l.Log != "" {
		l.before = append(l.before, l.Log)
	}
	l.logEnd, l.base, l.number = logEnd{name, end}, end, l.number+1
	return nil
}

// append writes a record at a position of a log, and returns where it ends. Nobody reads
// what follows, so bytes of a longer record that was cut off may stay.
func (l *positionLog) append(name string, at int64, record []byte) (end int64, err error) {
	f, err := l.fs.Open(filepath.Join(l.folder, name))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return 0, err
	}
	record = append(record, '\n')
	return at + int64(len(record)), errors.Join(writeAll(f, record), f.Sync())
}

// committed removes the logs that the commit made superfluous. One that cannot be removed
// is tried again at the next commit, and goes with the folder's other files at the end.
func (l *positionLog) committed() {
	l.before = slices.DeleteFunc(l.before, func(name string) bool { return l.fs.Remove(filepath.Join(l.folder, name)) == nil })
}
