package sqlitesink

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
)

// lookups is how many keys a statement looks up: the driver searches all parameters for each one.
const lookups = 8

// versions keeps the tables of lists to the last version of each row. A run may bring a row
// twice, such as a run of several scans that was resumed. What the earlier version has there
// would stay, because a list may be shorter than before.
type versions[T any] struct {
	sink   *Sink[T]
	within *sql.Stmt         // whether an earlier batch brought rows with keys from one to another
	find   *sql.Stmt         // the rows with these keys that an earlier batch brought
	forget []*tupleStatement // removes what rows with these keys have, a statement a relation
	last   map[any]int       // where a batch has a key for the last time, if it may have one twice
	keys   []any             // of the batch
}

func newVersions[T any](ctx context.Context, s *Sink[T]) (v *versions[T], err error) {
	v = &versions[T]{sink: s, last: make(map[any]int)}
	defer func() {
		if err != nil {
			_ = v.close() // err is the cause
		}
	}()
	key := quote(s.key.name)
	// Not all tables of lists have an index by the row's key before the end. So rows are looked
	// up in the table that has one, and deletions are for those that came.
	from := " FROM " + quote(s.into(s.table)) + " WHERE " + key
	if v.within, err = s.conn.PrepareContext(ctx, "SELECT EXISTS (SELECT 1"+from+" BETWEEN ? AND ?)"); err != nil {
		return v, err
	}
	if v.find, err = s.conn.PrepareContext(ctx, "SELECT "+key+from+" IN ("+marks(lookups)+")"); err != nil {
		return v, err
	}
	for _, r := range s.relations {
		forget, err := newTupleStatement(ctx, s.conn, 1, func(n int) string {
			return "DELETE FROM " + quote(s.into(r.table)) + " WHERE " + quote(r.column) + " IN (" + marks(n) + ")"
		})
		if err != nil {
			return v, err
		}
		v.forget = append(v.forget, forget)
	}
	return v, nil
}

// newest removes what earlier batches brought of the lists of rows, and returns rows without
// those of which a later version follows.
func (v *versions[T]) newest(ctx context.Context, rows []T) ([]T, error) {
	defer func() { // the keys may be in the memory of a page
		clear(v.last)
		clear(v.keys)
		v.keys = v.keys[:0]
	}()
	if len(rows) == 0 {
		return rows, nil
	}
	low, high, once := v.read(rows)
	// Most batches are for a range of keys of their own, so that one look is enough.
	var some bool
	if err := v.within.QueryRowContext(ctx, low, high).Scan(&some); err != nil {
		return nil, err
	}
	for from := 0; some && from < len(v.keys); from += lookups {
		if err := v.replace(ctx, v.keys[from:min(from+lookups, len(v.keys))]); err != nil {
			return nil, err
		}
	}
	if once {
		return rows, nil
	}
	for i, key := range v.keys {
		v.last[key] = i
	}
	newest := make([]T, 0, len(v.last))
	for i, key := range v.keys {
		if v.last[key] == i {
			newest = append(newest, rows[i])
		}
	}
	return newest, nil
}

// read takes the keys of rows, the lowest and the highest, and whether the keys are in order, so
// that none comes twice. A page has them so.
func (v *versions[T]) read(rows []T) (low, high any, once bool) {
	up, down := true, true
	for i := range rows {
		key := v.sink.keyOf(&rows[i])
		if i > 0 {
			order := compareKeys(v.keys[i-1], key)
			up, down = up && order < 0, down && order > 0
		}
		v.keys = append(v.keys, key)
	}
	first, last := v.keys[0], v.keys[len(v.keys)-1]
	switch {
	case up:
		return first, last, true
	case down:
		return last, first, true
	}
	return slices.MinFunc(v.keys, compareKeys), slices.MaxFunc(v.keys, compareKeys), false
}

// replace removes what rows with these keys have, as far as such rows came.
func (v *versions[T]) replace(ctx context.Context, keys []any) error {
	var args [lookups]any
	for i := range args { // the last key stands for those that are not there
		args[i] = keys[min(i, len(keys)-1)]
	}
	came, err := v.came(ctx, args[:])
	if err != nil || len(came) == 0 {
		return err
	}
	for _, forget := range v.forget {
		for _, key := range came {
			if err := forget.add(ctx, key); err != nil {
				return err
			}
		}
		if err := forget.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// came returns the keys of rows that earlier batches brought.
func (v *versions[T]) came(ctx context.Context, keys []any) (came []any, err error) {
	found, err := v.find.QueryContext(ctx, keys...)
	if err != nil {
		return nil, err
	}
	defer found.Close() //nolint:errcheck // Err returns it
	for found.Next() {
		var key any
		if err := found.Scan(&key); err != nil {
			return nil, err
		}
		came = append(came, key)
	}
	return came, found.Err()
}

func (v *versions[T]) close() error {
	err := closeAll(v.forget)
	for _, s := range []*sql.Stmt{v.within, v.find} {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	return err
}

// compareKeys compares two keys of one type, as SQLite orders them.
func compareKeys(a, b any) int {
	if x, ok := a.(int64); ok {
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	}
	x, _ := a.(string)
	y, _ := b.(string)
	return cmp.Compare(x, y)
}
