package model_test

import (
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func TestNewSchemaErrors(t *testing.T) {
	t.Parallel()
	id := model.Field{Name: "id", Type: model.TypeInt}
	for name, fields := range map[string][]model.Field{
		"no name":           {{Type: model.TypeInt}},
		"no type":           {{Name: "a"}},
		"twice":             {id, id},
		"through nothing":   {{Name: "a.b", Type: model.TypeInt, Through: "a"}},
		"through a number":  {id, {Name: "id.b", Type: model.TypeInt, Through: "id"}},
		"through elsewhere": {{Name: "r", Type: model.TypeRef}, {Name: "s.b", Type: model.TypeInt, Through: "r"}},
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
		f.Collation = model.Binary
		f.Name, f.Type, f.Through = "x", model.TypeInt, "y"
	})
	for i := range base.Len() {
		b, v := base.Field(i), varied.Field(i)
		if v.Name != b.Name || v.Type != b.Type || v.Through != b.Through || v.Index() != i {
			t.Errorf("With changed the identity of %s: %+v", b.Name, v)
		}
		if v.Collation != model.Binary || b.Collation != model.CI || (b.Type == model.TypeDateTime) != (v.Returned == model.ReturnedNo) {
			t.Errorf("%s: %+v", b.Name, v)
		}
	}
	if f, ok := varied.Lookup("created_at"); !ok || f.Returned != model.ReturnedNo {
		t.Errorf("created_at = %+v", f)
	}
}
