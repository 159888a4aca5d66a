package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// The suffixes of the files beside the exported one.
const (
	partSuffix    = ".part"
	sidecarSuffix = ".checkpoint"
	claimSuffix   = ".part.claim"
)

// Mode says what to do about an unfinished export. The zero Mode loses nothing.
type Mode uint8

// The modes.
const (
	ModeNew     Mode = iota // fail with a [LeftoverError]
	ModeResume              // resume from its checkpoint, or restart without one
	ModeRestart             // remove it and restart
)

// claim is the content of the file that shows before the first commit that the part is an
// export's.
const claim = "muster is writing this export and has committed nothing\n"

// claimed reports whether there is a claim. A file with another content is a
// [*ForeignError].
func claimed(fsys FS, path string) (bool, error) {
	data, err := fsys.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil && string(data) != claim:
		return false, &ForeignError{path, errors.New("the export needs this name")}
	}
	return err == nil, err
}

const sidecarVersion = 1

// sidecarBegin begins every sidecar.
const sidecarBegin = `{"version":`

// sidecar is the file beside an export with a commit. It holds how much is committed, and
// the checkpoint that belongs to exactly that.
type sidecar struct {
	Version    int             `json:"version"`
	Finished   bool            `json:"finished,omitempty"` // whole, and about to get its final name
	At         Position        `json:"at"`
	Checkpoint json.RawMessage `json:"checkpoint"`
}

// readSidecar reads a sidecar; nil if there is none.
func readSidecar(fsys FS, path string) (*sidecar, error) {
	data, err := fsys.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // that there is none is not an error
	}
	if err != nil {
		return nil, err
	}
	if len(data) > 0 && !bytes.HasPrefix(data, []byte(sidecarBegin)) {
		return nil, &ForeignError{path, errors.New("it is not the checkpoint of an export")}
	}
	s, err := decodeSidecar(data)
	if err != nil {
		return nil, &CheckpointError{path, err.Error()}
	}
	return s, nil
}

func decodeSidecar(data []byte) (*sidecar, error) {
	s := new(sidecar)
	if err := json.Unmarshal(data, s); err != nil {
		return nil, err
	}
	var has struct {
		At struct {
			Rows  *int64 `json:"rows"`
			Bytes *int64 `json:"bytes"`
		} `json:"at"`
	}
	if err := json.Unmarshal(data, &has); err != nil {
		return nil, err
	}
	if s.Version != sidecarVersion {
		return nil, fmt.Errorf("version %d where %d is known", s.Version, sidecarVersion)
	}
	if has.At.Rows == nil || has.At.Bytes == nil { // to begin the file anew would lose its rows
		return nil, errors.New("it does not say how much is committed")
	}
	if !s.At.possible() {
		return nil, errors.New("negative offset")
	}
	if len(s.Checkpoint) == 0 {
		return nil, errors.New("no checkpoint of a run")
	}
	return s, nil
}

func (s *sidecar) write(fsys FS, path string) error {
	s.Version = sidecarVersion
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeDurably(fsys, path, append(data, '\n'))
}
