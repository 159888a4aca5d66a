package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestUnique: an id that comes twice is found however the ids are parted into runs, and no
// other one is.
func TestUnique(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Int64Range(-400, 400), 0, 60).Draw(t, "ids")
		limit := rapid.IntRange(1, 300).Draw(t, "bytes")
		seen := make(map[int64]bool)
		for _, id := range ids {
			seen[id] = true
		}
		want := len(seen) < len(ids)
		numbers, texts := &unique[int64]{limit: limit}, &unique[string]{limit: limit}
		if got := duplicate(t, numbers, ids, func(id int64) int64 { return id }); got != want {
			t.Fatalf("numbers: %v, want %v", got, want)
		}
		if got := duplicate(t, texts, ids, func(id int64) string { return strconv.FormatInt(id, 10) }); got != want {
			t.Fatalf("texts: %v, want %v", got, want)
		}
	})
}

// duplicate reports whether an id came twice.
func duplicate[K int64 | string](t *rapid.T, u *unique[K], ids []int64, id func(int64) K) bool {
	defer func() {
		if err := u.close(); err != nil {
			t.Fatal(err)
		}
	}()
	for _, n := range ids {
		if u.add(id(n)) != nil {
			return true
		}
	}
	return u.end(context.Background()) != nil
}

// TestUniqueFails: no place for the runs, a file that is lost and a caller that leaves are
// errors, not "no id came twice".
func TestUniqueFails(t *testing.T) {
	many := func(u *unique[int64]) (err error) {
		for id := int64(0); id < 20_000 && err == nil; id++ {
			err = u.add(id)
		}
		return err
	}
	t.Run("no folder", func(t *testing.T) {
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
		if err := many(&unique[int64]{limit: 80}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("lost file", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		u := &unique[int64]{limit: 80}
		if err := u.add(1); err != nil {
			t.Fatal(err)
		}
		if err := u.spill(); err != nil {
			t.Fatal(err)
		}
		if err := u.close(); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(many(u), u.end(t.Context())); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("caller", func(t *testing.T) {
		t.Setenv("TMPDIR", t.TempDir())
		u := &unique[int64]{limit: 800}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := errors.Join(many(u), u.end(ctx), u.close()); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
