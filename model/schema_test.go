package model_test

import (
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func TestNewSchemaErrors(t *testing.T) {
	t.Parallel()
	id := model.Field{Name: "id", Type: model.TypeInt}
	deep := []model.Field{{Name: "r", Type: model.TypeRefs}}
	for range 16 {
		outer := deep[len(deep)-1].Name
		deep = append(deep, model.Field{Name: outer + ".r", Type: model.TypeRefs, Through: outer})
	}
	if _, err := model.NewSchema("s", deep...); err != nil {
		t.Errorf("16 references inside each other: %v", err)
	}
	for name, fields := range map[string][]model.Field{
		"no name":           {{Type: model.TypeInt}},
		"no type":           {{Name: "a"}},
		"twice":             {id, id},
		"through nothing":   {{Name: "a.b", Type: model.TypeInt, Through: "a"}},
		"through a number":  {id, {Name: "id.b", Type: model.TypeInt, Through: "id"}},
		"through elsewhere": {{Name: "r", Type: model.TypeRef}, {Name: "s.b", Type: model.TypeInt, Through: "r"}},
		"through itself":    {{Name: "r", Type: model.TypeRef, Through: "r"}},
		"through a path":    {{Name: "r", Type: model.TypeRef}, {Name: "r.b", Type: model.TypeInt, Through: "r"}, {Name: "r.b.c", Type: model.TypeInt, Through: "r.b"}},
		"through too many":  append(deep, model.Field{Name: deep[16].Name + ".a", Type: model.TypeInt, Through: deep[16].Name}),
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
