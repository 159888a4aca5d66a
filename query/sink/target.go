package sink

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// target is what an export writes: one file, or a folder of files.
type target interface {
	// prepare makes what can be locked.
	prepare(fsys FS, part string) error
	// whole reports whether the file or folder of that name is the export that ended at
	// the position.
	whole(fsys FS, name string, at Position) (bool, error)
	// replace gives the part its final name, durably.
	replace(fsys FS, part, name string) error
}

type fileTarget struct{}

func (fileTarget) prepare(FS, string) error { return nil }

func (fileTarget) whole(fsys FS, name string, at Position) (bool, error) {
	info, err := fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Size() == at.Bytes, err
}

func (fileTarget) replace(fsys FS, part, name string) error {
	if err := fsys.Rename(part, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}
