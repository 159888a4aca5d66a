package keyset_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/keyset"
)

// TestSet: a set in any amount of memory has the keys that were added, each once.
func TestSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := &keyset.Set{Memory: rapid.SampledFrom([]int64{1000, 9000, 0}).Draw(t, "memory")}
		defer set.Close()
		ints, texts := map[int64]bool{}, map[string]bool{}
		key := rapid.Int64Range(-40, 40)
		if rapid.Bool().Draw(t, "far apart") {
			key = rapid.Int64()
		}
		long := rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(t, "part"), rapid.SampledFrom([]int{0, 1, 2, 3, 40, 9000}).Draw(t, "times"))
		})
		for range rapid.IntRange(0, 600).Draw(t, "keys") {
			if rapid.Bool().Draw(t, "text") {
				k := long.Draw(t, "key")
				isNew, err := set.AddText(k)
				if err != nil || isNew == texts[k] {
					t.Fatalf("text %.20q is new: %v, %v", k, isNew, err)
				}
				texts[k] = true
				continue
			}
			k := key.Draw(t, "key")
			if has, err := set.HasInt(k); has != ints[k] || err != nil {
				t.Fatalf("has %d: %v, %v", k, has, err)
			}
			isNew, err := set.AddInt(k)
			if err != nil || isNew == ints[k] {
				t.Fatalf("integer %d is new: %v, %v", k, isNew, err)
			}
			ints[k] = true
		}
		if set.Len() != int64(len(ints)+len(texts)) {
			t.Fatalf("%d keys, want %d", set.Len(), len(ints)+len(texts))
		}
	})
}

// TestMemory: many keys take at most 16 bytes of memory each, be they integers or texts,
// and no more than the bound once there is a file.
func TestMemory(t *testing.T) {
	const keys = 300_000
	for name, add := range map[string]func(*keyset.Set, int) (bool, error){
		"integers": func(s *keyset.Set, i int) (bool, error) { return s.AddInt(int64(i) * 7919) },
		"texts": func(s *keyset.Set, i int) (bool, error) {
			return s.AddText("0000000000000000000000000000-" + strconv.Itoa(i))
		},
	} {
		for _, memory := range []int64{0, 1 << 20} {
			most := int64(16 * keys)
			if memory > 0 {
				most = 4 << 20
			}
			before := heap()
			set := &keyset.Set{Memory: memory}
			for i := range keys {
				if isNew, err := add(set, i); !isNew || err != nil {
					t.Fatal(i, isNew, err)
				}
			}
			if took := heap() - before; took > most {
				t.Errorf("%s, memory %d: %d bytes for %d keys", name, memory, took, keys)
			}
			for i := 0; i < keys; i += 997 {
				if isNew, err := add(set, i); isNew || err != nil {
					t.Fatal("again:", i, isNew, err)
				}
			}
			set.Close()
		}
	}
}

func heap() int64 {
	runtime.GC() //nolint:revive // what is still held is the figure
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) // which may shrink, by what other tests had
}

// TestNoFile: a set that cannot have its file says so, and no key is taken for another.
func TestNoFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	t.Setenv("TMP", t.TempDir()+"/missing")
	for name, add := range map[string]func(*keyset.Set, int) error{
		"integers": func(s *keyset.Set, i int) error { _, err := s.AddInt(int64(i)); return err },
		"texts":    func(s *keyset.Set, i int) error { _, err := s.AddText(fmt.Sprintf("%01000d", i)); return err },
	} {
		set := &keyset.Set{Memory: 1 << 14}
		var err error
		for i := 0; err == nil && i < 10_000; i++ {
			err = add(set, i)
		}
		if !errors.Is(err, keyset.ErrFile) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		set.Close()
	}
}

// TestClose: nothing is left of the files.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	set := &keyset.Set{Memory: 1 << 14}
	for i := range 20_000 {
		_, err := set.AddInt(int64(i))
		_, err2 := set.AddText(fmt.Sprintf("%0100d", i))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
	}
	set.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

func ExampleSet() {
	var seen keyset.Set
	defer seen.Close()
	for _, key := range []string{"a", "b", "a"} {
		isNew, err := seen.AddText(key)
		fmt.Println(key, isNew, err)
	}
	// Output:
	// a true <nil>
	// b true <nil>
	// a false <nil>
}
