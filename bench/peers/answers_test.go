package peers

import (
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// answers are records and what the query says of them.
func answers() []struct {
	name string
	user *shipstream.User
	want bool
} {
	type c = struct {
		name string
		user *shipstream.User
		want bool
	}
	with := func(change func(u *shipstream.User)) *shipstream.User {
		u := measured()
		change(u)
		return u
	}
	return []c{
		{"by its id", measured(), true},
		{"by its email", with(func(u *shipstream.User) { u.ID, u.Email = 99, model.Some("a@b.c") }), true},
		{"by both", with(func(u *shipstream.User) { u.Email = model.Some("a@b.c") }), true},
		{"by neither", with(func(u *shipstream.User) { u.ID = 99 }), false},
		{"id past the list", with(func(u *shipstream.User) { u.ID = 4 }), false},
		{"inactive", with(func(u *shipstream.User) { u.IsActive = model.Some(false) }), false},
		{"at the cutoff", with(func(u *shipstream.User) { u.CreatedAt = model.Some(cutoff()) }), false},
		{"a second past it", with(func(u *shipstream.User) { u.CreatedAt = model.Some(cutoff().Add(time.Second)) }), true},
		{"a year before it", with(func(u *shipstream.User) { u.CreatedAt = model.Some(cutoff().AddDate(-1, 0, 0)) }), false},
	}
}

// every returns the engines.
func every(tb testing.TB) []engine {
	tb.Helper()
	list, err := engines()
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// TestAnswers holds every engine that evaluates to the same answers, so that no
// benchmark measures a query that says something else.
func TestAnswers(t *testing.T) {
	tested := make(map[string]bool)
	for _, e := range every(t) {
		forms := map[string]func(text string, u *shipstream.User) (evaluation, error){
			"struct": e.bind,
			"ready":  e.bindReady,
		}
		for form, bind := range forms {
			if bind == nil {
				continue
			}
			tested[e.name+"/"+form] = true
			for _, c := range answers() {
				t.Run(e.name+"/"+form+"/"+c.name, func(t *testing.T) {
					eval, err := bind(e.query, c.user)
					if err != nil {
						t.Fatal(err)
					}
					for range 2 { // what is kept from one evaluation to the next must not show
						got, err := eval()
						if err != nil || got != c.want {
							t.Errorf("%v, %v; want %v", got, err, c.want)
						}
					}
				})
			}
		}
	}
	if len(tested) != 6 {
		t.Errorf("tested %v, not 6 ways to evaluate", tested)
	}
}

// TestChains holds that a chain is a filter of the engine, and that the measured
// record is on none.
func TestChains(t *testing.T) {
	for _, e := range every(t) {
		t.Run(e.name, func(t *testing.T) {
			text := e.chain(100)
			if err := e.parse(text); err != nil {
				t.Error(err)
			}
			if e.compile != nil {
				if err := e.compile(text); err != nil {
					t.Error(err)
				}
			}
			if e.bind == nil {
				return
			}
			for email, want := range map[string]bool{"nobody@example.com": false, "user0099@example.com": true} {
				u := measured()
				u.Email = model.Some(email)
				eval, err := e.bind(text, u)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := eval(); err != nil || got != want {
					t.Errorf("%s: %v, %v; want %v", email, got, err, want)
				}
			}
		})
	}
}
