//go:build !race

package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestElementsAllocateNothing holds the memory of conditions on elements, nested ones too.
func TestElementsAllocateNothing(t *testing.T) {
	two := peopleWithRoles()["two"]
	own := longRow{100, modeltest.People()}
	for _, filter := range []string{
		"any roles (name = 'Pickers' and permissions starts with 'w')",
		"all roles (any permissions (this starts with 'w') or id = 2)",
		"no roles.permissions (this = 'x') and count(tags where this like 'a%') = 2",
		"count(roles where count(permissions) > 0) > 1",
		"count(roles where count(permissions) + 1 > id) * 2 > id and count(tags) in (1, 7)",
		"any roles (count(permissions where this > 'a') = id)",
	} {
		p, err := dsl.Compile(checkPeople(t, filter).Root, modeltest.People())
		if err != nil {
			t.Fatal(err)
		}
		for name, row := range map[string]model.Record{"packed": two, "own": &own} {
			if n := testing.AllocsPerRun(20, func() { p.Match(row); p.Eval(row); _, _ = p.Test(row) }); n != 0 {
				t.Errorf("%s of a %s row: %v allocations", filter, name, n)
			}
		}
	}
}
