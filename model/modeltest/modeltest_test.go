package modeltest_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

func TestNewRecordErrors(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"nothing": 1, "owner.name": "x", "id": "5", "name": 5, "active": 1, "created_at": "yesterday", "size": 1.5,
		"owner": 3, "tags": modeltest.Object{}, "code": model.Int(3), "flag": []int{1}, "seen_at": true,
	} {
		if r, err := modeltest.NewRecord(modeltest.Schema(), map[string]any{name: v}); err == nil {
			t.Errorf("%s = %v: no error, %v", name, v, r)
		}
	}
	for _, v := range []any{[]modeltest.Object{{"id": "x"}}, []modeltest.Object{{"name": 3}}} {
		if _, err := modeltest.NewRecord(modeltest.Schema(), map[string]any{"tags": v}); err == nil {
			t.Errorf("tags = %v: no error", v)
		}
	}
}

func TestNewRecordValues(t *testing.T) {
	t.Parallel()
	r := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": int64(7), "size": model.Null(), "seen_at": time.Unix(9, 0), "code": model.String("x"), "flag": nil, "owner": nil, "tags": nil,
	})
	for name, want := range map[string]model.Value{
		"id": model.Int(7), "size": model.Null(), "seen_at": model.DateTimeUnix(9), "code": model.String("x"), "name": model.Null(), "owner": model.Null(),
	} {
		f, _ := modeltest.Schema().Lookup(name)
		if got := r.Value(f.Index()); got != want || r.Len(f.Index()) != 0 {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	if !r.Value(-1).IsNull() || !r.Value(99).IsNull() || r.Len(-1) != 0 || r.Len(99) != 0 || !r.At(0, 0).IsNull() {
		t.Error("an index out of range must answer null")
	}
}

func TestMustRecordPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	modeltest.MustRecord(modeltest.Schema(), map[string]any{"nothing": 1})
}

// TestRecordsFitTheirSchema holds the generator to types and nullability.
func TestRecordsFitTheirSchema(t *testing.T) {
	t.Parallel()
	for _, s := range []*model.Schema{modeltest.Schema(), modeltest.People()} {
		rapid.Check(t, func(t *rapid.T) {
			r := valuetest.Records(s).Draw(t, "record")
			fits := func(f *model.Field, v model.Value) {
				if v.IsNull() && !f.Nullable || !v.IsNull() && v.Type() != f.Type {
					t.Fatalf("%s holds %v", f.Name, v)
				}
			}
			for i := range s.Len() {
				f := s.Field(i)
				if f.Through == "" && f.Type != model.TypeRef && f.Type != model.TypeRefs {
					fits(f, r.Value(i))
					continue
				}
				if f.Through == "" {
					continue
				}
				through, _ := s.Lookup(f.Through)
				if r.Len(i) != r.Len(through.Index()) {
					t.Fatalf("%s has %d values for %d references", f.Name, r.Len(i), r.Len(through.Index()))
				}
				for n := range r.Len(i) {
					fits(f, r.At(i, n))
				}
			}
		})
	}
}

// TestBytes: a byte chooses among 256, two among more, and none makes the first choice.
func TestBytes(t *testing.T) {
	t.Parallel()
	data := []byte{255, 1, 0, 9}
	c := modeltest.Bytes(data)
	for i, choice := range []struct{ n, want int }{{256, 255}, {257, 256}, {1, 0}, {0, 0}, {-3, 0}, {8, 1}, {8, 0}, {1 << 40, 0}} {
		if got := c.N(choice.n); got != choice.want {
			t.Errorf("choice %d among %d is %d, want %d", i, choice.n, got, choice.want)
		}
	}
	if got := modeltest.Choices(func(int) int { return -1 }).N(5); got != 4 {
		t.Errorf("a choice of -1 among 5 is %d, want 4", got)
	}
	if got := modeltest.Pick[string](c); got != "" {
		t.Errorf("one of nothing is %q", got)
	}
}
