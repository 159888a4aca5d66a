package sink

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
)

// folderTarget is an export of several files.
type folderTarget struct{}

// free wants an export alone in the folder, because the folder is removed at the end.
func (folderTarget) free(fsys FS, name string) error {
	there, err := isFolder(fsys, name)
	if err != nil || !there {
		return err
	}
	m, err := readManifest(fsys, name)
	if err != nil {
		return &ForeignError{name, err}
	}
	if err := eachUnlisted(fsys, name, m, func(e fs.DirEntry) error {
		return &ForeignError{name, fmt.Errorf("it has %q in it, which its manifest does not list", e.Name())}
	}); err != nil {
		return err
	}
	if old, err := isFolder(fsys, name+oldSuffix); err != nil || !old {
		return err
	}
	return &ForeignError{name + oldSuffix, fmt.Errorf("the export needs this name when it replaces %s", name)}
}

// isFolder reports whether there is a folder of that name. Anything else is a
// [*ForeignError].
func isFolder(fsys FS, name string) (bool, error) {
	info, err := fsys.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.IsDir():
		return false, &ForeignError{name, errors.New(kindOf(info.Mode()))}
	}
	return true, nil
}

// exportedName matches the names of the files in a folder that grows: those of a
// [Partition], with what an encoding appends to them.
var exportedName = regexp.MustCompile(`^(part-[0-9]{5,}|[^=]+=[A-Za-z0-9%_~.-]*)\.`)

// isExported reports whether an export may have made an entry of its folder. A log of
// positions is never of a name that a [Partition] gives.
func isExported(e fs.DirEntry) bool {
	name := e.Name()
	return e.Type().IsRegular() && isInFolder(name) && (name == ManifestName || logName.MatchString(name) || exportedName.MatchString(name) || isTemp(e, ManifestName))
}

func (folderTarget) left(fsys FS, part string) (there, empty bool, err error) {
	if there, err = isFolder(fsys, part); err != nil || !there {
		return false, false, err
	}
	entries, err := fsys.ReadDir(part)
	for _, e := range entries {
		if !isExported(e) {
			return true, false, &ForeignError{part, fmt.Errorf("it has %q in it, which no export made", e.Name())}
		}
	}
	return true, len(entries) == 0, err
}

func (folderTarget) manifest(fsys FS, name string) (*Manifest, error) {
	if there, err := isFolder(fsys, name); err != nil || !there {
		return nil, err
	}
	return readManifest(fsys, name)
}

func (folderTarget) prepare(fsys FS, part string) error { return fsys.Mkdir(part) }

func (folderTarget) whole(fsys FS, name string, at Position) (bool, error) {
	m, err := readManifest(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && m.Rows == at.Rows && m.Bytes == at.Bytes, err
}

// oldSuffix ends the name of a folder after it was replaced and before it is removed: no
// system replaces a folder that is not empty in one step.
const oldSuffix = ".old"

func (t folderTarget) replace(fsys FS, part, name string) error {
	if err := keepListed(fsys, part); err != nil {
		return err
	}
	if there, err := isFolder(fsys, name); err != nil {
		return err
	} else if there {
		if err := t.free(fsys, name); err != nil {
			return err
		}
		if err := fsys.Rename(name, name+oldSuffix); err != nil {
			return err
		}
	}
	if err := errors.Join(fsys.Rename(part, name), fsys.SyncDir(filepath.Dir(name))); err != nil {
		return err
	}
	return t.tidy(fsys, name)
}

// tidy removes the folder that was replaced, or gives it its name back if nothing took it.
func (folderTarget) tidy(fsys FS, name string) error {
	old := name + oldSuffix
	there, err := isFolder(fsys, old)
	if err != nil || !there {
		return err
	}
	if taken, err := isFolder(fsys, name); err != nil {
		return err
	} else if !taken {
		return errors.Join(fsys.Rename(old, name), fsys.SyncDir(filepath.Dir(name)))
	}
	return removeExport(fsys, old)
}

// keepListed removes every file of a whole folder that the manifest does not list.
func keepListed(fsys FS, folder string) error {
	m, err := readManifest(fsys, folder)
	if err != nil {
		return err
	}
	if _, _, err := (folderTarget{}).left(fsys, folder); err != nil {
		return err // nothing is removed beside a file that is not ours
	}
	if err := eachUnlisted(fsys, folder, m, func(e fs.DirEntry) error {
		return fsys.Remove(filepath.Join(folder, e.Name()))
	}); err != nil {
		return err
	}
	return fsys.SyncDir(folder) // a file that a crash brings back would keep the folder from ever being replaced
}

// eachUnlisted calls f for each entry of a folder that the manifest does not list.
func eachUnlisted(fsys FS, folder string, m *Manifest, f func(fs.DirEntry) error) error {
	entries, err := fsys.ReadDir(folder)
	if err != nil {
		return err
	}
	listed := make(map[string]bool, len(m.Files)+1)
	listed[ManifestName] = true
	for _, file := range m.Files {
		listed[file.Name] = true
	}
	for _, e := range entries {
		if !listed[e.Name()] || !e.Type().IsRegular() {
			if err := f(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeExport removes the files that the manifest of a folder lists, and the folder if it
// is then empty, so that no other file is ever lost.
func removeExport(fsys FS, folder string) error {
	m, err := readManifest(fsys, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return fsys.Remove(folder) // the manifest goes last
	}
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := fsys.Remove(filepath.Join(folder, f.Name)); err != nil {
			return err
		}
	}
	return errors.Join(fsys.Remove(filepath.Join(folder, ManifestName)), fsys.Remove(folder))
}
