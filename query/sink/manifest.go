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
	Version int            `json:"version"`
	Format  string         `json:"format"`
	Rows    int64          `json:"rows"`
	Bytes   int64          `json:"bytes"`
	Files   []ManifestFile `json:"files"` // by name
}

// ManifestFile is one file of a [Manifest].
type ManifestFile struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hex
}

// ReadManifest reads the manifest of an exported folder. A folder without one is
// an error that matches [fs.ErrNotExist]; what is no manifest is a [*DamagedError].
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
			return nil, damaged("%s: %q is no name of a file in the folder", filepath.Join(folder, ManifestName), f.Name)
		}
	}
	return m, nil
}

// isInFolder reports whether a name that was read is that of a file in the folder
// itself, so that no other is ever touched.
func isInFolder(name string) bool {
	return name != "" && name == filepath.Base(name) && !strings.HasPrefix(name, ".")
}

// Check reads the file and compares its bytes and checksum with what the manifest
// says. A file that has others is a [*DamagedError].
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
	if _, err := fsys.Stat(name); err != nil { // opening would make it
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

// folderPlace is an export of several files.
type folderPlace struct{}

func (folderPlace) make(fsys FS, part string) error { return fsys.Mkdir(part) }

func (folderPlace) whole(fsys FS, name string, at Position) (bool, error) {
	m, err := readManifest(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && m.Rows == at.Rows && m.Bytes == at.Bytes, err
}

// oldSuffix is what a folder is called between being replaced and being removed:
// no system replaces a folder that is not empty in one step.
const oldSuffix = ".old"

func (folderPlace) replace(fsys FS, part, name string) error {
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

// keepListed removes from a whole folder what its files were made of.
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
	return fsys.SyncDir(folder) // what came back after a crash would keep the folder from ever being replaced
}

// removeExport removes an exported folder: what its manifest lists and nothing
// else, so that a file of somebody else's is never lost.
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
