package shell

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/reeflective/readline"
)

// The bounds of a history. A shell drops older lines when it starts.
const (
	maxHistoryLines = 1000
	maxHistoryBytes = 256 << 10
)

// HistoryPath returns the default history file, muster/history below $XDG_STATE_HOME or
// ~/.local/state. It returns "" if the environment names no home directory.
func HistoryPath(getenv func(string) string) string {
	base := getenv("XDG_STATE_HOME")
	if base == "" {
		home := cmp.Or(getenv("HOME"), getenv("USERPROFILE"))
		if home == "" {
			return ""
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "muster", "history")
}

// history is the lines that were typed, oldest first, and their file. The file has one
// JSON string a line, because a typed line may contain a line break. It implements
// [readline.History].
type history struct {
	path  string // "" = kept only in memory
	lines []string
}

// openHistory reads the lines of earlier shells. On an error it returns a history that
// works in memory.
func openHistory(path string) (*history, error) {
	if path == "" {
		return &history{}, nil
	}
	h := &history{path: path}
	if err := h.load(); err != nil {
		return &history{}, err
	}
	return h, nil
}

// load reads the file, cuts it to its bounds and makes it readable by the user alone.
// It skips lines that it cannot read.
func (h *history) load() error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	text, err := os.ReadFile(h.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kept := bytes.SplitAfter(text, []byte("\n"))
	bytesLeft := maxHistoryBytes
	from := len(kept)
	for from > 0 && len(kept)-from <= maxHistoryLines && len(kept[from-1]) <= bytesLeft {
		from--
		bytesLeft -= len(kept[from])
	}
	for _, line := range kept[from:] {
		var s string
		if json.Unmarshal(line, &s) == nil && s != "" {
			h.lines = append(h.lines, s)
		}
	}
	if from > 0 {
		return h.replace(bytes.Join(kept[from:], nil))
	}
	if err := os.Chmod(h.path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// replace rewrites the file in one step.
func (h *history) replace(text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(h.path), ".history-*") // readable by the user alone
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it is useless
	}
	return err
}

// Write adds a line, unless it repeats the one before or starts with a space: such
// lines are not saved.
func (h *history) Write(line string) (int, error) {
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, " ") {
		return len(h.lines), nil
	}
	if n := len(h.lines); n > 0 && h.lines[n-1] == line {
		return n, nil
	}
	h.lines = append(h.lines, line)
	return len(h.lines), h.append(line)
}

func (h *history) append(line string) error {
	if h.path == "" {
		return nil
	}
	text, err := json.Marshal(line)
	if err != nil || len(text) >= maxHistoryBytes {
		return err // a line longer than the whole history is not saved
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n')) // in one call, so that two shells do not mix their lines
	return errors.Join(err, f.Close())
}

// GetLine returns a line by its index, the oldest first.
func (h *history) GetLine(i int) (string, error) {
	if i < 0 || i >= len(h.lines) {
		return "", fmt.Errorf("the history has no line %d", i)
	}
	return h.lines[i], nil
}

// Len returns how many lines there are.
func (h *history) Len() int { return len(h.lines) }

// Dump returns the lines.
func (h *history) Dump() any { return h.lines }

var _ readline.History = (*history)(nil)
