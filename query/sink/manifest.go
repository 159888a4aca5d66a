package sink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
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

	// Identity is that of the export, as [query.SinkCapabilities] describes it; nil in a
	// folder of an earlier build.
	Identity map[string]string `json:"identity,omitempty"`
}

// ManifestFile is one file of a [Manifest].
type ManifestFile struct {
	Name   string  `json:"name"`
	Rows   int64   `json:"rows"`
	Bytes  int64   `json:"bytes"`
	SHA256 string  `json:"sha256"`          // in hex
	Value  *string `json:"value,omitempty"` // of the field that files are made by; nil = null, or split by rows
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

// Open opens the file in the folder for reading. What is not a regular file of the folder
// itself is a [*DamagedError].
func (f ManifestFile) Open(folder string) (*os.File, error) {
	if !isInFolder(f.Name) {
		return nil, damaged("%q is not the name of a file in the folder", f.Name)
	}
	return asDamage(openRegular(filepath.Join(folder, f.Name), os.O_RDONLY))
}

// OpenExport opens a finished export, which is one file, for reading. What is not a regular
// file is a [*DamagedError]; so no pipe or device is waited for.
func OpenExport(path string) (*os.File, error) {
	if at, err := filepath.EvalSymlinks(path); err == nil {
		path = at // the caller named the link
	}
	return asDamage(openRegular(path, os.O_RDONLY))
}

// asDamage makes the error of what is not a regular file a [*DamagedError].
func asDamage(f *os.File, err error) (*os.File, error) {
	if kind := (*kindError)(nil); errors.As(err, &kind) {
		return nil, &DamagedError{err}
	}
	return f, err
}

// Check reads the file in the folder and compares its size and checksum with the manifest.
// If they differ, the error is a [*DamagedError]. It fails if ctx is done.
func (f ManifestFile) Check(ctx context.Context, folder string) error {
	file, err := f.Open(folder)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is read
	sum, n, err := sumOf(contextReader{ctx, file})
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

// sumOf returns the SHA-256 and the length of all that r has.
func sumOf(r io.Reader) (sum string, n int64, err error) {
	h := sha256.New()
	n, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// contextReader is a reader whose next read fails when ctx is done.
type contextReader struct {
	ctx context.Context //nolint:containedctx // of the reads
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
