package judgetest_test

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"pgregory.net/rapid"
)

// tricky returns strings that databases, patterns and encodings go wrong on.
// Many differ only in what a collation passes over.
func tricky() []string {
	return []string{
		"", " ", "  ", "\t", "\n", "\r", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u0001", "\u007f",
		"a", "A", "a ", "A  ", " a", "a\t", "a \t", "a\n", "a\u00a0", "a!", "ab", "AB", "aB", "aab", "abab", "b", "B",
		"á", "Á", "ä", "å", "a\u0301", "A\u0301", "ａ", "à la carte", "A LA CARTE",
		"e", "é", "É", "e\u0301", "ё", "Ё", "е", "Е", "s", "S", "ß", "ẞ", "ss", "SS", "ſ", "Straße", "STRASSE", "strase",
		"o", "O", "Ø", "ø", "Œ", "oe", "i", "I", "ı", "İ", "i\u0307", "istanbul", "İstanbul", "K", "\u212a", "ﬁ", "fi", "\u01c4", "\u01c5", "\u01c6", "ÿ", "Ÿ", "\u00b5", "\u03bc", "\u2126", "\u03a9",
		"σ", "ς", "Σ", "Σίσυφος", "ΣΊΣΥΦΟΣ", "Дмитрий", "ДМИТРИЙ", "дмитрии", "Łukasz", "lukasz", "Nguyễn", "NGUYEN", "nguyen", "Þór", "þór",
		"محمد", "שרה", "שָׂרָה", "山田", "山", "ﾔﾏﾀﾞ", "ヤマダ", "やまだ", "김민수", "สมชาย", "राजेश", "ქართული", "ᲥᲐᲠᲗᲣᲚᲘ",
		"🙂", "🙃", "🙂🙃", "a🙂b", "a🙃B", "a\ufffdb", "\ufffd", "\ufffc", "👨‍👩‍👧", "𝒜", "𐍈", "\U0010ffff",
		"%", "_", "%%", "__", "%_", `\`, `\\`, `\%`, `\_`, `a%b`, `a_b`, "axb", "aXXb", `a\b`, `a\%b`, `a\\b`, `ends with \`, `100%`, `100% `, "under_score", "underXscore",
		"'", "''", `"`, "O'Brien", "o'brien", "`", "Z", "z", "[", "^", "~", "0", "00", "1", "10", "9", "-1", "+1", "1e1", "null", "NULL", "true", "--", "/*", ";", "?", ":a", "$1",
	}
}

// moments returns the instants around which dates and fractions are miscounted.
func moments() []time.Time {
	texts := []string{
		"0001-01-02T00:00:00Z", "1582-10-15T00:00:00Z", "1899-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z",
		"1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2000-02-29T12:00:00Z", "2001-09-09T01:46:40Z", "2016-12-31T23:59:59Z", "2023-12-31T23:59:59Z",
		"2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "2024-01-01T12:30:00Z", "2024-01-01T12:30:00.25Z", "2024-01-01T23:59:59Z", "2024-01-01T23:59:58.999999Z", "2024-01-02T00:00:00Z", "2024-02-29T23:59:59Z",
		"2024-03-01T00:00:00Z", "2024-03-31T01:00:00Z", "2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z", "2100-02-28T23:59:59Z", "9999-12-31T23:59:59Z",
	}
	out := make([]time.Time, len(texts))
	for i, s := range texts {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		out[i] = at
	}
	return out
}

// world is what both sides of a trial look at.
type world struct {
	users      []*shipstream.User
	roles      []*shipstream.Role
	warehouses []*shipstream.Warehouse
	merchants  []*shipstream.Merchant
}

// bindIncluded gives every user the objects that its references resolve in.
func (w *world) bindIncluded() {
	var objects []model.Object
	for _, o := range w.roles {
		objects = append(objects, o)
	}
	for _, o := range w.warehouses {
		objects = append(objects, o)
	}
	for _, o := range w.merchants {
		objects = append(objects, o)
	}
	inc := model.NewIncluded(objects...)
	for _, u := range w.users {
		u.SetIncluded(inc)
	}
}

// Ids of referenced objects are drawn up to this; those that are not there leave
// the references dangling.
const referenceIDs = 9

// chooser is the source of a world: rapid's draws, or a seeded sequence.
type chooser interface {
	// Below returns a number in [0, n).
	Below(n int) int
	// Text returns a string.
	Text() string
}

// newWorld makes n users and what they refer to, with nulls and absent values,
// dangling references and repeated ones. Ids have gaps.
func newWorld(c chooser, n int) *world {
	w := &world{}
	for id := int64(1); id <= referenceIDs; id++ {
		for _, typ := range []string{shipstream.RefOrganizationUserRole, shipstream.RefClientUserRole} {
			if c.Below(4) > 0 {
				w.roles = append(w.roles, &shipstream.Role{Type: typ, ID: id, Name: text(c)})
			}
		}
		if c.Below(4) > 0 {
			w.warehouses = append(w.warehouses, &shipstream.Warehouse{ID: id, Name: text(c), IsActive: truth(c)})
		}
		if c.Below(4) > 0 {
			w.merchants = append(w.merchants, &shipstream.Merchant{ID: id, Name: text(c), Code: text(c), IsActive: truth(c)})
		}
	}
	id := int64(0)
	for range n {
		id += 1 + int64(c.Below(3))
		w.users = append(w.users, newUser(c, id))
	}
	w.bindIncluded()
	return w
}

// newUser makes a user whose every optional part may be missing: more than the
// API promises, as the language has to be right for all of it.
func newUser(c chooser, id int64) *shipstream.User {
	u := &shipstream.User{
		Kind: shipstream.OrganizationUser, ID: id,
		Name: text(c), Email: text(c), Username: text(c), IsActive: truth(c), LoginViaBadge: truth(c),
		CreatedAt: moment(c), LastLoginAt: moment(c),
	}
	roleType := shipstream.RefOrganizationUserRole
	if c.Below(3) == 0 {
		u.Kind, roleType = shipstream.ClientUser, shipstream.RefClientUserRole
	}
	roles := make([]model.Ref, c.Below(4))
	for i := range roles {
		roles[i] = model.Ref{Type: roleType, ID: int64(1 + c.Below(referenceIDs))}
	}
	u.Roles = optional(c, roles)
	u.DefaultWarehouse = optional(c, model.Ref{Type: shipstream.RefWarehouse, ID: int64(1 + c.Below(referenceIDs))})
	u.Merchant = optional(c, model.Ref{Type: shipstream.RefMerchant, ID: int64(1 + c.Below(referenceIDs))})
	return u
}

func optional[T any](c chooser, v T) model.Opt[T] {
	switch c.Below(8) {
	case 0:
		return model.NullOpt[T]()
	case 1:
		return model.Opt[T]{}
	}
	return model.Some(v)
}

func text(c chooser) model.Opt[string] { return optional(c, c.Text()) }
func truth(c chooser) model.Opt[bool]  { return optional(c, c.Below(2) == 1) }

func moment(c chooser) model.Opt[time.Time] {
	all := moments()
	return optional(c, all[c.Below(len(all))])
}

// sequence chooses by a seeded generator; its texts are the tricky ones, each in
// turn, so that none is left out.
type sequence struct {
	rng  *rand.Rand
	next []string
}

func newSequence(seed uint64) *sequence {
	return &sequence{rng: rand.New(rand.NewPCG(seed, 1))}
}

func (s *sequence) Below(n int) int { return s.rng.IntN(n) }

func (s *sequence) Text() string {
	if len(s.next) == 0 {
		s.next = tricky()
		s.rng.Shuffle(len(s.next), func(i, j int) { s.next[i], s.next[j] = s.next[j], s.next[i] })
	}
	text := s.next[0]
	s.next = s.next[1:]
	return text
}

// draws chooses by rapid, whose shrinking then works on worlds too.
type draws struct{ t *rapid.T }

func (d draws) Below(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "choice") }
func (d draws) Text() string    { return texts().Draw(d.t, "text") }

// micros is an instant in microseconds since 1970; null for a missing one.
func micros(o model.Opt[time.Time]) any {
	at, ok := o.Get()
	if !ok {
		return nil
	}
	return at.UnixMicro()
}

// seconds is an instant in seconds since 1970; null for a missing one.
func seconds(o model.Opt[time.Time]) any {
	at, ok := o.Get()
	if !ok {
		return nil
	}
	return at.Unix()
}

// cutSeconds takes the fractions from the users' instants.
func (w *world) cutSeconds() {
	for _, u := range w.users {
		for _, o := range []*model.Opt[time.Time]{&u.CreatedAt, &u.LastLoginAt} {
			if at, ok := o.Get(); ok {
				*o = model.Some(at.Truncate(time.Second))
			}
		}
	}
}

// dateTime is an instant as SQL writes its second.
func dateTime(o model.Opt[time.Time]) any {
	at, ok := o.Get()
	if !ok {
		return nil
	}
	return at.UTC().Format(time.DateTime)
}

func nullable[T cmp.Ordered | bool](o model.Opt[T]) any {
	v, ok := o.Get()
	if !ok {
		return nil
	}
	return v
}

func nullableID(o model.Opt[model.Ref]) any {
	ref, ok := o.Get()
	if !ok {
		return nil
	}
	return ref.ID
}
