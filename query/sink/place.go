package sink

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// place is what differs between a file and a folder where an export is put.
type place interface {
	// make lets there be something to lock.
	make(fsys FS, part string) error
	// whole reports whether what has the name is the export that ended at that
	// position.
	whole(fsys FS, name string, at Position) (bool, error)
	// replace gives the part its final name, durably.
	replace(fsys FS, part, name string) error
}

type filePlace struct{}

func (filePlace) make(FS, string) error { return nil }

func (filePlace) whole(fsys FS, name string, at Position) (bool, error) {
	info, err := fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Size() == at.Bytes, err
}

func (filePlace) replace(fsys FS, part, name string) error {
	if err := fsys.Rename(part, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}
