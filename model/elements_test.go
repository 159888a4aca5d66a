package model_test

import (
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func field(t *testing.T, s *model.Schema, name string) *model.Field {
	t.Helper()
	f, ok := s.Lookup(name)
	if !ok {
		t.Fatalf("%s has no %s", s.Name(), name)
	}
	return f
}

func TestElements(t *testing.T) {
	t.Parallel()
	s := modeltest.People()
	roles, ok := s.Elements(field(t, s, "roles"))
	if !ok || roles.Len() != 3 {
		t.Fatalf("the elements of roles: %v, %v", roles, ok)
	}
	id := field(t, roles, "id")
	if id.Through != "" || !id.Nullable || !id.Direct() || id.Origin() != field(t, s, "roles.id") || id.Index() != 0 {
		t.Errorf("roles.id as an element's field: %+v", id)
	}
	permissions := field(t, roles, "permissions")
	one, ok := roles.Elements(permissions)
	if !ok || one.Len() != 1 {
		t.Fatalf("the elements of permissions: %v, %v", one, ok)
	}
	this := field(t, one, model.This)
	if this.Type != model.TypeString || this.Of != model.TypeNull || this.Origin() != field(t, s, "roles.permissions") {
		t.Errorf("this: %+v", this)
	}
	if again, _ := roles.Elements(permissions); again != one {
		t.Error("another schema at the second call")
	}
	if _, ok := s.Elements(field(t, s, "roles.permissions")); !ok {
		t.Error("a list behind a reference has no elements")
	}
	for _, name := range []string{"id", "merchant.brands", "merchant.code"} {
		if e, ok := s.Elements(field(t, s, name)); ok {
			t.Errorf("%s has elements: %v", name, e)
		}
	}
	if f := field(t, s, "id"); f.Origin() != f {
		t.Error("a field of the record is not its own origin")
	}
}

// TestElementsOfReferences: a reference behind another one has no elements, because records
// have no such values.
func TestElementsOfReferences(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("x",
		model.Field{Name: "roles", Type: model.TypeRefs},
		model.Field{Name: "roles.team", Type: model.TypeRef, Through: "roles"})
	if err != nil {
		t.Fatal(err)
	}
	roles, ok := s.Elements(field(t, s, "roles"))
	if !ok {
		t.Fatal("no elements of roles")
	}
	if _, ok := s.Elements(field(t, s, "roles.team")); ok {
		t.Error("roles.team has elements")
	}
	if _, ok := roles.Elements(field(t, roles, "team")); ok {
		t.Error("team has elements")
	}
}

// TestElementsOfCopy: a copy's elements have the copy's declarations.
func TestElementsOfCopy(t *testing.T) {
	t.Parallel()
	s := modeltest.People().With(func(f *model.Field) { f.Collation = model.Binary })
	roles, ok := s.Elements(field(t, s, "roles"))
	if !ok {
		t.Fatal("no elements")
	}
	name := field(t, roles, "name")
	if name.Collation != model.Binary || name.Origin() != field(t, s, "roles.name") {
		t.Errorf("%+v", name)
	}
}
