package sink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// The names beside the file that is exported.
const (
	partSuffix    = ".part"
	sidecarSuffix = ".checkpoint"
)

// Mode says what to do about an export that was not finished.
type Mode uint8

// The modes. The zero Mode loses nothing.
const (
	ModeNew     Mode = iota // refuse with a [LeftoverError]
	ModeResume              // go on from its checkpoint; without one begin anew
	ModeRestart             // drop it and begin anew
)

const sidecarVersion = 1

// sidecar is what stands beside an unfinished export: how much of it is settled,
// and the checkpoint that belongs to exactly that.
type sidecar struct {
	Version    int             `json:"version"`
	Finished   bool            `json:"finished,omitempty"` // whole, and about to take its final name
	At         Position        `json:"at"`
	Checkpoint json.RawMessage `json:"checkpoint"`
}

// readSidecar reads a sidecar; nil when there is none.
func readSidecar(fsys FS, path string) (*sidecar, error) {
	data, err := fsys.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // there is none, which is no error
	}
	if err != nil {
		return nil, err
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
	if s.Version != sidecarVersion {
		return nil, fmt.Errorf("version %d where %d is known", s.Version, sidecarVersion)
	}
	if !s.At.possible() {
		return nil, fmt.Errorf("it is settled up to a point before its beginning")
	}
	if len(s.Checkpoint) == 0 {
		return nil, fmt.Errorf("nothing says where the run got to")
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
