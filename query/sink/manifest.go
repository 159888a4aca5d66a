package sink

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
)

// ManifestName is the file in an exported folder that lists the others.
const ManifestName = "manifest.json"

const manifestVersion = 1

// Manifest lists the files of an exported folder.
type Manifest struct {
	Version int            `json:"version"` // of this structure
	Format  string         `json:"format"`  // as [Encoding] names it
	Rows    int64          `json:"rows"`    // in all files
	Bytes   int64          `json:"bytes"`   // of all files
	Files   []ManifestFile `json:"files"`   // sorted by name
}

// ManifestFile is one file of a [Manifest].
type ManifestFile struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hex
}

// ReadManifest reads the manifest of an exported folder. If there is none, the error
// matches [fs.ErrNotExist]; a file that is not a manifest is a [*DamagedError].
func ReadManifest(folder string) (*Manifest, error) { return readManifest(OS{}, folder) }

func readManifest(fsys FS, folder string) (*Manifest, error) {
	data, err := fsys.ReadFile(filepath.Join(folder, ManifestName))
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, damaged("%s: %w", filepath.Join(folder, ManifestName), err)
	}
	if m.Version != manifestVersion {
		return nil, damaged("%s: version %d where %d is known", filepath.Join(folder, ManifestName), m.Version, manifestVersion)
	}
	for _, f := range m.Files {
		if !isInFolder(f.Name) {
			return nil, damaged("%s: %q is not the name of a file in the folder", filepath.Join(folder, ManifestName), f.Name)
		}
	}
	return m, nil
}

// isInFolder reports whether a name, which was read from a file, is that of a file in the
// folder itself. Nothing else is ever touched.
func isInFolder(name string) bool {
	return name != "" && name == filepath.Base(name) && !strings.HasPrefix(name, ".")
}

// Check reads the file in the folder and compares its size and checksum with the manifest.
// If they differ, the error is a [*DamagedError].
func (f ManifestFile) Check(folder string) error {
	sum, n, err := sumFile(OS{}, filepath.Join(folder, f.Name))
	switch {
	case err != nil:
		return err
	case n != f.Bytes:
		return damaged("%s has %d bytes, not the %d of the manifest", f.Name, n, f.Bytes)
	case sum != f.SHA256:
		return damaged("%s is not what was exported: its SHA-256 is %s, that of the manifest %s", f.Name, sum, f.SHA256)
	}
	return nil
}

func sumFile(fsys FS, name string) (sum string, n int64, err error) {
	if _, err := fsys.Stat(name); err != nil { // because Open would make the file
		return "", 0, err
	}
	f, err := fsys.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close() //nolint:errcheck // nothing is written through it
	h := sha256.New()
	n, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// folderTarget is an export of several files.
type folderTarget struct{}

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

func (folderTarget) replace(fsys FS, part, name string) error {
	if err := keepListed(fsys, part); err != nil {
		return err
	}
	parent := filepath.Dir(name)
	if there, err := exists(fsys, name); err != nil {
		return err
	} else if there {
		if err := errors.Join(removeExport(fsys, name+oldSuffix), fsys.Rename(name, name+oldSuffix)); err != nil {
			return err
		}
	}
	if err := errors.Join(fsys.Rename(part, name), fsys.SyncDir(parent)); err != nil {
		return err
	}
	return removeExport(fsys, name+oldSuffix)
}

// keepListed removes every file that the manifest of a whole folder does not list.
func keepListed(fsys FS, folder string) error {
	m, err := readManifest(fsys, folder)
	if err != nil {
		return err
	}
	listed := map[string]bool{ManifestName: true}
	for _, f := range m.Files {
		listed[f.Name] = true
	}
	names, err := fsys.Glob(filepath.Join(folder, "*"))
	for _, name := range names {
		if !listed[filepath.Base(name)] {
			err = errors.Join(err, fsys.Remove(name))
		}
	}
	if err != nil {
		return err
	}
	return fsys.SyncDir(folder) // a file that a crash brings back would keep the folder from ever being replaced
}

// removeExport removes the files that the manifest of a folder lists, and the folder if it
// is then empty, so that no other file is ever lost.
func removeExport(fsys FS, folder string) error {
	m, err := readManifest(fsys, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
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
