package sink

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/muster-go/muster/query"
)

// FileOptions say how a [File] or a [Folder] is written. The zero value is for a
// new export in the operating system's file system.
type FileOptions struct {
	Mode Mode
	FS   FS // nil = [OS]
}

func (o FileOptions) fs() FS {
	if o.FS == nil {
		return OS{}
	}
	return o.FS
}

// File is a durable sink: one file, which has its name only once it is whole.
// Until then it grows as NAME.part, and NAME.checkpoint beside it says how much of
// it counts. A commit makes the data durable, then the checkpoint; whatever a
// crash leaves behind the committed part is cut off when the export goes on. A
// file that had the name before is replaced in one step, at the end. A folder is
// made in the same way; see [NewFolder].
type File[T any] struct {
	path     string
	encoding Encoding[T]
	place    place
	mode     Mode
	fs       FS

	lock       io.Closer
	body       Body[T]  // nil once it is finished
	at         Position // of the last commit
	checkpoint []byte   // of the last commit
	committed  bool     // there is something to keep
	whole      bool     // nothing is left to do
}

// NewFile returns a sink that writes the file at path. It touches nothing before
// Resume.
func NewFile[T any](path string, encoding Encoding[T], o FileOptions) *File[T] {
	return &File[T]{path: filepath.Clean(path), encoding: encoding, place: filePlace{}, mode: o.Mode, fs: o.fs()}
}

func (f *File[T]) part() string    { return f.path + partSuffix }
func (f *File[T]) sidecar() string { return f.path + sidecarSuffix }

// SinkCapabilities name the format, and read back the keys of the rows before the last
// commit where the encoding is [Keyed].
func (f *File[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": f.encoding.Name()}, Keys: f.keys}
}

// Resume locks the export and opens it behind its last commit.
func (f *File[T]) Resume(context.Context) ([]byte, error) {
	left, err := f.leftover()
	if err != nil {
		return nil, err
	}
	if err := f.place.make(f.fs, f.part()); err != nil {
		return nil, err
	}
	if f.lock, err = f.fs.Lock(f.part()); err != nil {
		return nil, err
	}
	if left == nil {
		return nil, f.begin()
	}
	f.checkpoint, f.at, f.committed = left.Checkpoint, left.At, true
	if left.Finished {
		return f.checkpoint, nil
	}
	if f.body, err = f.encoding.Open(f.fs, f.part(), left.At); err != nil {
		return nil, err
	}
	return f.checkpoint, nil
}

// leftover returns what an earlier export left to go on from.
func (f *File[T]) leftover() (*sidecar, error) {
	part, err := exists(f.fs, f.part())
	if err != nil {
		return nil, err
	}
	if f.mode == ModeRestart {
		return nil, nil //nolint:nilnil // whatever there is, nothing is gone on from
	}
	left, err := readSidecar(f.fs, f.sidecar())
	if err != nil && f.mode == ModeResume {
		return nil, err
	}
	done := false
	if left != nil && left.Finished && !part {
		if done, err = f.place.whole(f.fs, f.path, left.At); err != nil {
			return nil, err
		}
	}
	switch {
	case done && f.mode == ModeNew:
		return nil, nil //nolint:nilnil // it is whole, but for a checkpoint that nobody needs
	case done:
		return left, nil
	case f.mode == ModeNew && (part || left != nil || err != nil):
		return nil, &LeftoverError{f.part(), left != nil}
	case left != nil && !part:
		return nil, &CheckpointError{f.sidecar(), f.part() + " is gone"}
	}
	return left, nil
}

// begin drops what is left and begins the file.
func (f *File[T]) begin() (err error) {
	if err := f.fs.Remove(f.sidecar()); err != nil {
		return err
	}
	if err := f.fs.SyncDir(filepath.Dir(f.path)); err != nil {
		return err
	}
	if err := f.encoding.Discard(f.fs, f.part()); err != nil {
		return err
	}
	f.body, err = f.encoding.Open(f.fs, f.part(), Position{})
	return err
}

// Write appends rows.
func (f *File[T]) Write(ctx context.Context, rows []T) error { return f.body.Write(ctx, rows) }

// Commit settles the file, then the checkpoint; a nil one gives the file its name.
func (f *File[T]) Commit(_ context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return f.finish()
	}
	at, err := f.body.Settle()
	if err != nil {
		return err
	}
	if err := f.keep(checkpoint, at, false); err != nil {
		return err
	}
	f.checkpoint, f.at, f.committed = checkpoint, at, true
	return nil
}

func (f *File[T]) keep(checkpoint []byte, at Position, finished bool) error {
	s := sidecar{Finished: finished, At: at, Checkpoint: checkpoint}
	return s.write(f.fs, f.sidecar())
}

// finish is a line of steps each of which a later call finds done.
func (f *File[T]) finish() error {
	if f.whole {
		return nil
	}
	if f.body != nil {
		at, err := f.body.Finish()
		if err != nil {
			return err
		}
		if err := f.keep(f.checkpoint, at, true); err != nil {
			return err
		}
		f.body = nil
	}
	if err := f.rename(); err != nil {
		return err
	}
	folder := filepath.Dir(f.path)
	if err := errors.Join(f.fs.Remove(f.sidecar()), f.encoding.Discard(f.fs, f.part()), f.fs.SyncDir(folder)); err != nil {
		return err
	}
	f.whole = true
	return nil
}

// rename gives the file its name. After a crash it may have it already: the part
// is then the empty one that was made for the lock.
func (f *File[T]) rename() error {
	left, err := readSidecar(f.fs, f.sidecar())
	if err != nil {
		return err
	}
	if left == nil {
		return &CheckpointError{f.sidecar(), "it is gone"}
	}
	here, err := f.place.whole(f.fs, f.part(), left.At)
	if err != nil {
		return err
	}
	if here {
		return f.place.replace(f.fs, f.part(), f.path)
	}
	there, err := f.place.whole(f.fs, f.path, left.At)
	switch {
	case err != nil:
		return err
	case !there:
		return &CheckpointError{f.sidecar(), f.part() + " was changed since"}
	}
	return f.fs.Remove(f.part())
}

// Close releases the file. An export that has committed nothing leaves nothing.
func (f *File[T]) Close() error {
	if f.lock == nil {
		return nil
	}
	var err error
	if f.body != nil {
		err = f.body.Close()
		f.body = nil
	}
	if !f.committed && !f.whole {
		err = errors.Join(err, f.drop())
	}
	err = errors.Join(err, f.lock.Close())
	f.lock = nil
	return err
}

// drop removes what there is. A first commit that failed late may have left a
// sidecar, which must not outlive its part.
func (f *File[T]) drop() error {
	if err := f.fs.Remove(f.sidecar()); err != nil {
		return err
	}
	return errors.Join(f.encoding.Discard(f.fs, f.part()), f.fs.Remove(f.part()))
}
