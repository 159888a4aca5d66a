package sink

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink/internal/replace"
)

// FileOptions say how a [File] is written. The zero value is for a new export in the
// operating system's file system.
type FileOptions struct {
	Mode Mode // what to do about an unfinished export; 0 = ModeNew
	FS   FS   // nil = [OS]

	Replace       bool // replace a folder that is an export of another query
	AcceptDeletes bool // replace a folder even if many of its rows are gone; see Key

	// Key is the field that identifies a row, an integer or a text. A folder that would
	// lose more than a tenth of its keys, and more than 50, is replaced only by
	// AcceptDeletes. Without a Key, and if the folder is of another format or cannot be
	// read, the numbers of rows are compared instead. One file is replaced whatever it
	// holds, for nothing says which query made it.
	Key *model.Field
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
	options  FileOptions
	fs       FS

	lock       io.Closer
	body       Body[T]   // nil after it is finished
	at         Position  // of the last commit
	checkpoint []byte    // of the last commit
	opened     bool      // this sink started the part
	committed  bool      // there is something to keep
	whole      bool      // nothing is left to do
	replaces   *Manifest // of the folder that it replaces by the same query; nil = none
}

// NewFile returns a sink that writes the file at path. It does nothing before Resume.
func NewFile[T any](path string, encoding Encoding[T], o FileOptions) *File[T] {
	return &File[T]{path: filepath.Clean(path), encoding: encoding, target: fileTarget{}, options: o, fs: o.fs()}
}

func (f *File[T]) part() string    { return f.path + partSuffix }
func (f *File[T]) sidecar() string { return f.path + sidecarSuffix }
func (f *File[T]) claim() string   { return f.path + claimSuffix }

// SinkCapabilities returns the format as the sink's identity, and, if the encoding is
// [Keyed], a function that reads back the keys of the committed rows.
func (f *File[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": f.encoding.Name()}, Keys: f.keys, Describe: f.describe}
}

// describe takes the identity of this export, and refuses to replace another one.
func (f *File[T]) describe(_ context.Context, identity map[string]string) error {
	if b, ok := f.body.(interface{ describe(map[string]string) }); ok {
		b.describe(identity)
	}
	was, err := f.target.manifest(f.fs, f.path)
	if err != nil || was == nil {
		return err
	}
	different := replace.Differences(was.Identity, identity)
	switch {
	case len(different) == 0:
		f.replaces = was
	case !f.options.Replace:
		return &ReplaceError{Path: f.path, Differences: different}
	}
	return nil
}

// refuse drops an export that would remove many rows, and fails then.
func (f *File[T]) refuse() error {
	if f.body == nil || f.options.AcceptDeletes || f.replaces == nil {
		return nil
	}
	gone, err := f.removed()
	if err != nil || !replace.Many(gone, f.replaces.Rows) {
		return err
	}
	if err := writeDurably(f.fs, f.claim(), []byte(claim)); err != nil {
		return err
	}
	f.committed, f.opened = false, true // so that Close drops it
	return &ReplaceError{Path: f.path, Removed: gone, Rows: f.replaces.Rows}
}

// Resume locks the export, opens it at its last commit and returns that commit's
// checkpoint; nil if there is none. An export that another process writes is an error that
// matches [ErrLocked]; one that [FileOptions] does not resume is a [*LeftoverError], and one
// that cannot be resumed a [*CheckpointError]. A [*ForeignError] names what no export made
// and a new one would have to remove.
func (f *File[T]) Resume(context.Context) ([]byte, error) {
	left, ours, err := f.leftover()
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
		return nil, f.begin(ours)
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

// leftover returns the sidecar of an export to resume; nil to start a new one. ours reports
// whether an export left anything.
func (f *File[T]) leftover() (left *sidecar, ours bool, err error) {
	part, empty, err := f.target.left(f.fs, f.part())
	if err != nil {
		return nil, false, err
	}
	claimed, err := claimed(f.fs, f.claim())
	if err != nil {
		return nil, false, err
	}
	left, err = readSidecar(f.fs, f.sidecar())
	ours = claimed || left != nil || errors.Is(err, ErrCheckpoint)
	switch {
	case err != nil && (!ours || f.options.Mode == ModeResume):
		return nil, false, err
	case part && !empty && !ours:
		return nil, false, &ForeignError{f.part(), errors.New("there is no " + f.sidecar() + ", which an export keeps beside it")}
	}
	if left != nil && left.Finished {
		if err := f.target.tidy(f.fs, f.path); err != nil {
			return nil, false, err
		}
	}
	if err := f.target.free(f.fs, f.path); err != nil {
		return nil, false, err
	}
	left, err = f.resumes(left, part, err)
	return left, ours, err
}

// resumes returns the sidecar if the mode resumes from it, and nil if it starts a new
// export. part says that there is a part, and damage that the sidecar cannot be read.
func (f *File[T]) resumes(left *sidecar, part bool, damage error) (*sidecar, error) {
	if f.options.Mode == ModeRestart {
		return nil, nil //nolint:nilnil // whatever there is, it is not resumed
	}
	if left != nil && left.Finished && !part {
		done, err := f.target.whole(f.fs, f.path, left.At)
		switch {
		case err != nil:
			return nil, err
		case done && f.options.Mode == ModeNew:
			return nil, nil //nolint:nilnil // it is whole, and only its checkpoint is left
		case done:
			return left, nil
		}
	}
	switch {
	case f.options.Mode == ModeNew && (part || left != nil || damage != nil):
		return nil, &LeftoverError{f.part(), left != nil}
	case left != nil && !part:
		return nil, &CheckpointError{f.sidecar(), f.part() + " is gone"}
	}
	return left, nil
}

// begin removes what an export left and starts the file. First it claims the part, so that
// a later export knows whose it is.
func (f *File[T]) begin(ours bool) (err error) {
	if err := writeDurably(f.fs, f.claim(), []byte(claim)); err != nil {
		return err
	}
	if err := f.fs.Remove(f.sidecar()); err != nil {
		return err
	}
	if err := f.fs.SyncDir(filepath.Dir(f.path)); err != nil {
		return err
	}
	if ours {
		if err := f.encoding.Discard(f.fs, f.part()); err != nil {
			return err
		}
	}
	if f.body, err = f.encoding.Open(f.fs, f.part(), Position{}); err != nil {
		return err
	}
	f.opened = true
	return f.dropTemps()
}

// dropTemps removes temporary files of an export that was killed.
func (f *File[T]) dropTemps() error {
	return errors.Join(dropTemps(f.fs, f.sidecar()), dropTemps(f.fs, f.claim()))
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
	if b, ok := f.body.(interface{ committed() }); ok {
		b.committed()
	}
	return nil
}

func (f *File[T]) keep(checkpoint []byte, at Position, finished bool) error {
	s := sidecar{Finished: finished, At: at, Checkpoint: checkpoint}
	if err := s.write(f.fs, f.sidecar()); err != nil || f.committed {
		return err
	}
	return f.fs.Remove(f.claim())
}

// finish takes several steps. A later call skips those that are done.
func (f *File[T]) finish() error {
	if f.whole {
		return nil
	}
	if err := f.refuse(); err != nil {
		return err
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
	// The sidecar goes last, because it shows whose the rest is.
	if err := errors.Join(f.encoding.Discard(f.fs, f.part()), f.fs.Remove(f.claim()), f.dropTemps()); err != nil {
		return err
	}
	if err := errors.Join(f.fs.Remove(f.sidecar()), f.fs.SyncDir(filepath.Dir(f.path))); err != nil {
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
	return errors.Join(f.fs.Remove(f.part()), f.target.tidy(f.fs, f.path))
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

// drop removes the sidecar, the part, and the claim at last, which shows whose the part is.
// A first commit that failed late may have left a sidecar, which must not outlive its part.
func (f *File[T]) drop() error {
	if err := f.fs.Remove(f.sidecar()); err != nil {
		return err
	}
	if f.opened {
		if err := f.encoding.Discard(f.fs, f.part()); err != nil {
			return err
		}
	}
	if err := f.fs.Remove(f.part()); err != nil {
		return err
	}
	return errors.Join(f.fs.Remove(f.claim()), f.dropTemps())
}
