//go:build !race

package shipstream_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/shipstream"
)

// TestPermissionsAllocateNothing evaluates conditions on a role's list.
func TestPermissionsAllocateNothing(t *testing.T) {
	for _, filter := range []string{"roles.permissions = 'x'", "roles.permissions is empty", "roles.permissions like 'x%'"} {
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, shipstream.UserSchema())
		if err != nil {
			t.Fatal(err)
		}
		p, err := dsl.Compile(c.Root, c.Schema)
		if err != nil {
			t.Fatal(err)
		}
		u := fullUser()
		if n := testing.AllocsPerRun(100, func() { p.Match(u) }); n != 0 {
			t.Errorf("%s: %v allocations", filter, n)
		}
	}
}
