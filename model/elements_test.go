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

// TestElementsOfReferences: a reference behind another one has elements, the same ones by its
// whole path as inside an element.
func TestElementsOfReferences(t *testing.T) {
	t.Parallel()
	s := modeltest.Orders()
	lines, _ := s.Elements(field(t, s, "lines"))
	within := field(t, lines, "discounts.code")
	if within.Through != "discounts" || within.Reference() != field(t, lines, "discounts") || within.Origin() != field(t, s, "lines.discounts.code") || within.Direct() {
		t.Errorf("a line's discounts.code: %+v", within)
	}
	if d := field(t, lines, "discounts"); d.Through != "" || d.Reference() != nil || d.Outermost() != d {
		t.Errorf("a line's discounts: %+v", d)
	}
	discounts, ok := s.Elements(field(t, s, "lines.discounts"))
	if !ok || discounts.Len() != 6 {
		t.Fatalf("the elements of lines.discounts: %v", discounts)
	}
	if inner, ok := lines.Elements(field(t, lines, "discounts")); !ok || inner != discounts {
		t.Errorf("the elements of a line's discounts: %v", inner)
	}
	uses, ok := lines.Elements(field(t, lines, "discounts.uses"))
	if !ok || field(t, uses, "by").Origin() != field(t, s, "lines.discounts.uses.by") || field(t, uses, "by").Reference() != nil {
		t.Errorf("the elements of a line's discounts.uses: %v", uses)
	}
	by := field(t, s, "lines.discounts.uses.by")
	if by.Outermost() != field(t, s, "lines") || !by.Passes(field(t, s, "lines.discounts")) || by.Passes(field(t, s, "lines.taxes")) || by.Passes(by) {
		t.Errorf("the references of %s: %v", by.Name, by.Outermost())
	}
	for name, many := range map[string]bool{"id": false, "customer.name": false, "customer.addresses": false, "customer.addresses.city": true, "lines.product.name": true} {
		if got := field(t, s, name).ThroughMany(); got != many {
			t.Errorf("%s passes through a list: %v", name, got)
		}
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
