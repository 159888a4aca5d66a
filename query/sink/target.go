package sink

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// target is what an export writes: one file, or a folder of files.
type target interface {
	// free fails with a [*ForeignError] if an export cannot take the name at its end.
	free(fsys FS, name string) error
	// left reports whether there is a part, and whether it is empty. It fails with a
	// [*ForeignError] if no export made it.
	left(fsys FS, part string) (there, empty bool, err error)
	// manifest returns that of a complete export of the name; nil if there is none.
	manifest(fsys FS, name string) (*Manifest, error)
	// prepare makes what can be locked.
	prepare(fsys FS, part string) error
	// whole reports whether the file or folder of that name is the export that ended at
	// the position.
	whole(fsys FS, name string, at Position) (bool, error)
	// replace gives the part its final name, durably.
	replace(fsys FS, part, name string) error
	// tidy completes a replace that a crash interrupted.
	tidy(fsys FS, name string) error
}

// CheckTarget reports before the first request whether an export can take a name in the
// end: a [*ForeignError] if something else has it or is mounted there, or an error of the
// file system if no file can be made beside it. folder says that the export is a folder.
// It leaves nothing behind.
func CheckTarget(path string, folder bool) error {
	if isMountPoint(path) {
		return &ForeignError{path, errors.New("something is mounted there, and an export cannot be renamed over it: name a place inside, or mount the folder around it")}
	}
	if folder {
		within := filepath.Dir(filepath.Clean(path)) // the export makes what is missing of it
		for _, err := os.Lstat(within); errors.Is(err, fs.ErrNotExist) && within != filepath.Dir(within); _, err = os.Lstat(within) {
			within = filepath.Dir(within)
		}
		return checkName(path, within, folderTarget{})
	}
	return CheckInPlace(path)
}

// CheckInPlace is [CheckTarget] for a file that is written in place, as a database is.
func CheckInPlace(path string) error { return checkName(path, filepath.Dir(path), fileTarget{}) }

// checkName checks a name by a file that is made, and removed again, within a folder.
func checkName(path, within string, to target) error {
	path = filepath.Clean(path)
	if _, err := os.Lstat(path + sidecarSuffix); err != nil { // else Resume tidies what a crash left, and looks then
		if err := to.free(OS{}, path); err != nil {
			return err
		}
	}
	trial := filepath.Join(within, filepath.Base(tempName(path+sidecarSuffix))) // no name beside the export is longer
	f, err := OS{}.Create(trial)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), OS{}.Remove(trial))
}

type fileTarget struct{}

func (fileTarget) free(fsys FS, name string) error {
	_, err := statRegular(fsys, name)
	return err
}

func (fileTarget) left(fsys FS, part string) (there, empty bool, err error) {
	info, err := statRegular(fsys, part)
	return info != nil, info != nil && info.Size() == 0, err
}

// statRegular describes a regular file; nil if there is none. Anything else of the name is
// a [*ForeignError].
func statRegular(fsys FS, name string) (fs.FileInfo, error) {
	info, err := fsys.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil //nolint:nilnil // that there is none is not an error
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &ForeignError{name, errors.New(kindOf(info.Mode()))}
	}
	return info, nil
}

func (fileTarget) manifest(FS, string) (*Manifest, error) { return nil, nil } //nolint:nilnil // a file has none

func (fileTarget) prepare(FS, string) error { return nil }

func (fileTarget) whole(fsys FS, name string, at Position) (bool, error) {
	info, err := statRegular(fsys, name)
	return info != nil && info.Size() == at.Bytes, err
}

func (fileTarget) replace(fsys FS, part, name string) error {
	if err := fsys.Rename(part, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

func (fileTarget) tidy(FS, string) error { return nil }
