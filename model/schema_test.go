package model_test

import (
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func TestNewSchemaErrors(t *testing.T) {
	t.Parallel()
	id := model.Field{Name: "id", Type: model.TypeInt}
	role := []model.Field{{Name: "r", Type: model.TypeRefs}, {Name: "r.team", Type: model.TypeRef, Through: "r"}}
	if _, err := model.NewSchema("s", role...); err != nil {
		t.Errorf("a reference that nothing passes through: %v", err)
	}
	for name, fields := range map[string][]model.Field{
		"no name":           {{Type: model.TypeInt}},
		"no type":           {{Name: "a"}},
		"twice":             {id, id},
		"through nothing":   {{Name: "a.b", Type: model.TypeInt, Through: "a"}},
		"through a number":  {id, {Name: "id.b", Type: model.TypeInt, Through: "id"}},
		"through elsewhere": {{Name: "r", Type: model.TypeRef}, {Name: "s.b", Type: model.TypeInt, Through: "r"}},
		"through two":       append(role, model.Field{Name: "r.team.id", Type: model.TypeInt, Through: "r.team"}),
	} {
		if _, err := model.NewSchema("s", fields...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSchemaWith(t *testing.T) {
	t.Parallel()
	base := modeltest.People()
	varied := base.With(func(f *model.Field) {
		if f.Type == model.TypeDateTime {
			f.Returned = model.ReturnedNo
		}
		f.Collation = model.Case
		f.Name, f.Type, f.Through = "x", model.TypeInt, "y"
	})
	for i := range base.Len() {
		b, v := base.Field(i), varied.Field(i)
		if v.Name != b.Name || v.Type != b.Type || v.Through != b.Through || v.Index() != i {
			t.Errorf("With changed the identity of %s: %+v", b.Name, v)
		}
		if v.Collation != model.Case || b.Element() == model.TypeString && b.Collation != model.CI || (b.Type == model.TypeDateTime) != (v.Returned == model.ReturnedNo) {
			t.Errorf("%s: %+v", b.Name, v)
		}
	}
	if f, ok := varied.Lookup("created_at"); !ok || f.Returned != model.ReturnedNo {
		t.Errorf("created_at = %+v", f)
	}
}

// TestZeroCollation: who says nothing compares texts byte by byte.
func TestZeroCollation(t *testing.T) {
	t.Parallel()
	if f := (model.Field{Name: "code", Type: model.TypeString}); f.Collation != model.Binary || f.Collation.String() != "binary" {
		t.Errorf("a field compares under %v", f.Collation)
	}
}
