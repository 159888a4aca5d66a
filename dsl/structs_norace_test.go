//go:build !race

package dsl_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
)

// TestEnvAllocations: a call takes no memory where the function takes none.
func TestEnvAllocations(t *testing.T) {
	structs, err := dsl.For[addressed]()
	if err != nil {
		t.Fatal(err)
	}
	m, err := structs.Compile("domain(email) = 'mail' and half(id) + half(1) > 1 and nulls(note, email) = 1 and coin() in (1, 2) and lower(domain(email)) != 'x'", dsl.Functions(testEnv(t)))
	if err != nil {
		t.Fatal(err)
	}
	row := addressed{ID: 3, Email: "a@mail"}
	if !m.Match(&row) {
		t.Fatal("the row does not match")
	}
	if got := testing.AllocsPerRun(100, func() { local := row; m.Match(&local) }); got != 0 {
		t.Errorf("a row allocates %v times", got)
	}
}

// TestStructAllocations: a Match takes no memory, whether the row is on the heap or not.
func TestStructAllocations(t *testing.T) {
	things, err := dsl.For[everything]()
	if err != nil {
		t.Fatal(err)
	}
	m, err := things.Compile("id = 7 and created_at > 2024-01-01 and owner.name starts with 'a' and roles.name = 'Buyers' and price > 0.05 and rate < 20 " +
		"and labels.team in ('red', 'blue') and days.first is not null and sqlv = 'v' and when on 2024-03-10 and backup.name like 'b_b' and weight < 3 and tags = 'new' and marks = 4 and times on 2024-03-10 and rates = 0.2 and roles.may = 'pack' and roles.may is empty " +
		"and any roles (name = 'Buyers' and no may (this = 'x')) and count(tags where this = 'new') > 0")
	if err != nil {
		t.Fatal(err)
	}
	row := *full()
	if !m.Match(&row) {
		t.Fatal("the row does not match")
	}
	got := testing.AllocsPerRun(100, func() {
		local := row
		local.ID = 7
		m.Match(&local)
		if _, err := m.Test(&local); err != nil {
			t.Error(err)
		}
		if _, err := m.Eval(&local); err != nil {
			t.Error(err)
		}
	})
	if got != 0 {
		t.Errorf("a row allocates %v times", got)
	}
}
