package sink

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/muster-go/muster/query"
)

// FileOptions say how a [File] is written. The zero value is for a new export in the
// operating system's file system.
type FileOptions struct {
	Mode Mode // what to do about an unfinished export; 0 = ModeNew
	FS   FS   // nil = [OS]
}

func (o FileOptions) fs() FS {
	if o.FS == nil {
		return OS{}
	}
	return o.FS
}

// File is a durable sink: one file, or the folder that [NewFolder] makes. It has its name
// only when it is whole. Until then it grows as NAME.part, and NAME.checkpoint beside it
// says how much of it is committed. A commit makes first the data durable and then the
// checkpoint. When an export resumes, it cuts off what a crash left after the committed
// part. A file that had the name before is replaced in one step, at the end. A File is for
// one goroutine.
type File[T any] struct {
	path     string
	encoding Encoding[T]
	target   target
	mode     Mode
	fs       FS

	lock       io.Closer
	body       Body[T]  // nil after it is finished
	at         Position // of the last commit
	checkpoint []byte   // of the last commit
	committed  bool     // there is something to keep
	whole      bool     // nothing is left to do
}

// NewFile returns a sink that writes the file at path. It does nothing before Resume.
func NewFile[T any](path string, encoding Encoding[T], o FileOptions) *File[T] {
	return &File[T]{path: filepath.Clean(path), encoding: encoding, target: fileTarget{}, mode: o.Mode, fs: o.fs()}
}

func (f *File[T]) part() string    { return f.path + partSuffix }
func (f *File[T]) sidecar() string { return f.path + sidecarSuffix }

// SinkCapabilities returns the format as the sink's identity, and, if the encoding is
// [Keyed], a function that reads back the keys of the committed rows.
func (f *File[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": f.encoding.Name()}, Keys: f.keys}
}

// Resume locks the export, opens it at its last commit and returns that commit's
// checkpoint; nil if there is none. An export that another process writes is an error that
// matches [ErrLocked]; one that [FileOptions] does not resume is a [*LeftoverError], and one
// that cannot be resumed a [*CheckpointError].
func (f *File[T]) Resume(context.Context) ([]byte, error) {
	left, err := f.leftover()
	if err != nil {
		return nil, err
	}
	if err := f.target.prepare(f.fs, f.part()); err != nil {
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

// leftover returns the sidecar of an export to resume; nil to start a new one.
func (f *File[T]) leftover() (*sidecar, error) {
	part, err := exists(f.fs, f.part())
	if err != nil {
		return nil, err
	}
	if f.mode == ModeRestart {
		return nil, nil //nolint:nilnil // whatever there is, it is not resumed
	}
	left, err := readSidecar(f.fs, f.sidecar())
	if err != nil && f.mode == ModeResume {
		return nil, err
	}
	done := false
	if left != nil && left.Finished && !part {
		if done, err = f.target.whole(f.fs, f.path, left.At); err != nil {
			return nil, err
		}
	}
	switch {
	case done && f.mode == ModeNew:
		return nil, nil //nolint:nilnil // it is whole, and only its checkpoint is left
	case done:
		return left, nil
	case f.mode == ModeNew && (part || left != nil || err != nil):
		return nil, &LeftoverError{f.part(), left != nil}
	case left != nil && !part:
		return nil, &CheckpointError{f.sidecar(), f.part() + " is gone"}
	}
	return left, nil
}

// begin removes what is left and starts the file.
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

// Write appends rows. They are durable after the next Commit.
func (f *File[T]) Write(ctx context.Context, rows []T) error { return f.body.Write(ctx, rows) }

// Commit makes durable first the rows and then the checkpoint, which must be JSON. A nil
// checkpoint finishes the file and gives it its name.
func (f *File[T]) Commit(_ context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return f.finish()
	}
	at, err := f.body.Sync()
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

// finish takes several steps. A later call skips those that are done.
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

// rename gives the file its name. After a crash it may have the name already; the part is
// then the empty file that Resume made for the lock.
func (f *File[T]) rename() error {
	left, err := readSidecar(f.fs, f.sidecar())
	if err != nil {
		return err
	}
	if left == nil {
		return &CheckpointError{f.sidecar(), "it is gone"}
	}
	here, err := f.target.whole(f.fs, f.part(), left.At)
	if err != nil {
		return err
	}
	if here {
		return f.target.replace(f.fs, f.part(), f.path)
	}
	there, err := f.target.whole(f.fs, f.path, left.At)
	switch {
	case err != nil:
		return err
	case !there:
		return &CheckpointError{f.sidecar(), f.part() + " was changed since"}
	}
	return f.fs.Remove(f.part())
}

// Close releases the file and its lock. It removes an export that has committed nothing.
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

// drop removes the part and the sidecar. A first commit that failed late may have left a
// sidecar, which must not outlive its part.
func (f *File[T]) drop() error {
	if err := f.fs.Remove(f.sidecar()); err != nil {
		return err
	}
	return errors.Join(f.encoding.Discard(f.fs, f.part()), f.fs.Remove(f.part()))
}
