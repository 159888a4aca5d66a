package bench

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// account is a struct of twelve fields, as a program has it.
type account struct {
	ID        int64      `filter:"id"`
	Name      string     `filter:"name,collation=ci"`
	Email     string     `filter:"email"`
	Username  string     `filter:"username"`
	IsActive  bool       `filter:"is_active"`
	Logins    int        `filter:"logins"`
	CreatedAt time.Time  `filter:"created_at"`
	LastLogin *time.Time `filter:"last_login_at"`
	Country   string     `filter:"country"`
	Rank      int32      `filter:"rank"`
	IsStaff   bool       `filter:"is_staff"`
	Notes     string     `filter:"notes"`
}

// accountRecord is what somebody writes by hand to read an account.
type accountRecord account

// Value implements [model.Record].
func (a *accountRecord) Value(field int) model.Value {
	switch field {
	case 0:
		return model.Int(a.ID)
	case 1:
		return model.String(a.Name)
	case 2:
		return model.String(a.Email)
	case 3:
		return model.String(a.Username)
	case 4:
		return model.Bool(a.IsActive)
	case 5:
		return model.Int(int64(a.Logins))
	case 6:
		return model.DateTime(a.CreatedAt)
	case 7:
		if a.LastLogin == nil {
			return model.Null()
		}
		return model.DateTime(*a.LastLogin)
	case 8:
		return model.String(a.Country)
	case 9:
		return model.Int(int64(a.Rank))
	case 10:
		return model.Bool(a.IsStaff)
	case 11:
		return model.String(a.Notes)
	}
	return model.Null()
}

// Len implements [model.Record].
func (*accountRecord) Len(int) int { return 0 }

// At implements [model.Record].
func (*accountRecord) At(int, int) model.Value { return model.Null() }

func anAccount() account {
	login := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return account{
		ID: 3, Name: "Ana Adler", Email: "nobody@example.com", Username: "ana", IsActive: true, Logins: 40,
		CreatedAt: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC), LastLogin: &login, Country: "DE", Rank: 7,
	}
}

// accountFilters are the query of the comparison, and one that reads all fields.
var accountFilters = map[string]string{
	"query": anchor,
	"wide": "is_active and not is_staff and logins > 10 and rank between 1 and 9 and country = 'DE' and username != 'root' and " +
		"created_at > 2024-01-01 and last_login_at > 2025-01-01 and notes = '' and email != '' and id < 100",
}

// BenchmarkStruct evaluates filters on a struct: bound by its tags, and read by hand.
func BenchmarkStruct(b *testing.B) {
	accounts, err := dsl.For[account]()
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range accountFilters {
		m, err := accounts.Compile(text)
		if err != nil {
			b.Fatal(err)
		}
		p, err := compile(text, accounts.Schema())
		if err != nil {
			b.Fatal(err)
		}
		row := anAccount()
		byHand := accountRecord(row)
		if !m.Match(&row) || !p.Match(&byHand) {
			b.Fatalf("%s: the row does not match", name)
		}
		b.Run(name+"/bound", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Match(&row)
			}
		})
		b.Run(name+"/by-hand", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Match(&byHand)
			}
		})
	}
}

// structBar is how often the time of a record written by hand a bound struct may take.
const structBar = 1.3

// TestStructSpeed holds a bound struct to its bar under -speed: each way's best of many
// turns, taken in rotation.
func TestStructSpeed(t *testing.T) {
	accounts, err := dsl.For[account]()
	if err != nil {
		t.Fatal(err)
	}
	turns, size := 1, 1
	if *full {
		turns, size = 200, 20_000
	}
	for name, text := range accountFilters {
		m, err := accounts.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := compile(text, accounts.Schema())
		if err != nil {
			t.Fatal(err)
		}
		row := anAccount()
		byHand := accountRecord(row)
		var bound, hand time.Duration
		for range turns {
			start := time.Now()
			for range size {
				m.Match(&row)
			}
			bound = shorter(bound, time.Since(start))
			start = time.Now()
			for range size {
				p.Match(&byHand)
			}
			hand = shorter(hand, time.Since(start))
		}
		if got := testing.AllocsPerRun(100, func() { m.Match(&row) }); got > 0 && !raced {
			t.Errorf("%s: a row allocates %v times", name, got)
		}
		ratio := float64(bound) / float64(hand)
		t.Logf("%s: %.2f times a record written by hand, %.1f ns", name, ratio, float64(bound.Nanoseconds())/float64(size))
		if *full && ratio > structBar {
			t.Errorf("%s: %.2f times the time of a record written by hand, above %v", name, ratio, structBar)
		}
	}
}

// shorter returns the shorter time; 0 counts for none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b < a {
		return b
	}
	return a
}
