package sink

import (
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/keyset"
)

// removed returns how many rows of the folder that is replaced are in the new one no more:
// by their keys, or by the number of rows if the keys cannot be read. The keys of the new
// folder are kept in a [keyset.Set], whose memory is bounded.
func (f *File[T]) removed() (int64, error) {
	fewer := f.replaces.Rows - f.at.Rows
	folder, ok := f.encoding.(folder[T])
	if !ok || f.options.Key == nil {
		return fewer, nil
	}
	was := folder.finishedKeys(f.fs, f.path, f.replaces, f.options.Key)
	now := folder.Keys(f.fs, f.part(), f.at, f.options.Key)
	if was == nil || now == nil {
		return fewer, nil
	}
	var keys keyset.Set
	defer keys.Close()
	for key, err := range now {
		if err == nil {
			_, err = addKey(&keys, key)
		}
		if err != nil {
			return 0, err
		}
	}
	gone := int64(0)
	for key, err := range was {
		if err != nil {
			return fewer, nil // a damaged folder is replaced, too
		}
		isNew, err := addKey(&keys, key)
		if err != nil {
			return 0, err
		}
		if isNew {
			gone++
		}
	}
	return gone, nil
}

func addKey(to *keyset.Set, key model.Value) (isNew bool, err error) {
	if key.Type() == model.TypeString {
		return to.AddText(key.Str())
	}
	return to.AddInt(key.Int())
}

// finishedKeys yields the keys of a complete folder, an error last; nil if it is of another
// format than this one, or cannot be read back.
func (e folder[T]) finishedKeys(fsys FS, path string, m *Manifest, key *model.Field) iter.Seq2[model.Value, error] {
	keyed, ok := e.encoding.(Keyed)
	by, same := strings.CutPrefix(m.Format, e.encoding.Name()+", ")
	same = same && (strings.HasPrefix(by, "by ") || strings.HasPrefix(by, "split by "))
	if !ok || !same || keyed.Keys(fsys, path, Position{}, key) == nil {
		return nil
	}
	return func(yield func(model.Value, error) bool) {
		for _, file := range m.Files {
			name := filepath.Join(path, file.Name)
			info, err := statRegular(fsys, name) // Open would make a file that is missing
			if err == nil && (info == nil || info.Size() != file.Bytes) {
				err = damaged("%s has not the %d bytes of the manifest", name, file.Bytes)
			}
			if err != nil {
				fail(yield, err)
				return
			}
			for k, err := range keyed.Keys(fsys, name, Position{Rows: file.Rows, Bytes: file.Bytes}, key) {
				if err != nil {
					err = fmt.Errorf("%s: %w", name, err)
				}
				if !yield(k, err) || err != nil {
					return
				}
			}
		}
	}
}
