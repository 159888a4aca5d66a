package wire

import (
	"fmt"
	"slices"
	"strings"
)

// Profile declares what a server's filters understand beyond the documented
// operators eq, neq, gt, lt, gteq, lteq, from, to, start, end and null:true.
//
// The zero Profile uses these alone, and they suffice for more than they seem
// to: membership is an array of eq, its negation repeated neq, and "is not
// null" is `f[{gteq:v},{lt:v}]`, which any non-null value satisfies. Each
// switch is to be turned on only for a server that was seen to obey it; one
// that does not will refuse the request or, worse, answer wrongly. Off names
// documented operators that a server gets wrong.
//
// A Profile is a value: copy it freely. It is safe for concurrent use as long
// as nobody changes Fields and Off.
type Profile struct {
	// Fields names the fields that the server filters by. Nil means every
	// field of the record itself. References and what lies behind them are
	// never filtered by, whatever Fields says.
	Fields []string

	// In: `f{in:[a,b]}` is f = a or f = b. Inferred from the sister API for
	// merchants, which documents it.
	In bool
	// Nin: `f{nin:[a,b]}` is f != a and f != b, false for null. Inferred
	// likewise.
	Nin bool
	// NotNull: `f{notnull:true}` is "f is not null". Inferred likewise.
	NotNull bool
	// NullFalse: `f{null:false}` is "f is not null". Unknown: only
	// `{null:true}` is documented. NotNull is preferred where both are on.
	NullFalse bool
	// Contains: `f{contains:"x"}` is true where x is a substring, under the
	// field's collation. Unknown.
	Contains bool
	// Like: `f{like:"a%b_c"}` is SQL's LIKE with `\` as its escape, under the
	// field's collation. Unknown.
	Like bool
	// NotLike: `f{nlike:"a%"}` is the negation of LIKE, false for null.
	// Unknown.
	NotLike bool
	// Regex: `f{regex:"^A"}` means what the filter's author means. The
	// operator is documented, its dialect is not; MySQL's and Go's RE2 differ
	// in both directions, so turning this on declares the server's dialect to
	// be the meaning of `matches`.
	Regex bool
	// PatternEscapes: the server takes `%`, `_` and `\` in the values of
	// start, end and contains literally. Unknown; without it such values are
	// not sent, for a server that hands them to LIKE reads wildcards.
	PatternEscapes bool

	// Off lists what is documented and not sent, because this server gets it
	// wrong: names of [Documented]. Conditions that need it are evaluated
	// locally.
	Off []string
}

// The names in [Profile.Off] that are not operators.
const (
	offArray  = "array"  // several objects of one field, which are ORed
	offFilter = "filter" // every condition; the bounds of pages are still sent
)

// Documented returns the names that [Profile.Off] may hold: the documented
// operators that are sent, "array" for several objects of one field, and
// "filter" for every condition.
func Documented() []string {
	return []string{"eq", "neq", "gt", "gteq", "lt", "lteq", "start", "end", "null", offArray, offFilter}
}

// Switch is one of a [Profile]'s switches by the name that configuration files,
// flags and error messages use.
type Switch struct {
	Name string
	On   bool
}

// Switches lists the profile's switches in a fixed order.
func (p Profile) Switches() []Switch {
	named := switchesOf(&p)
	list := make([]Switch, len(named))
	for i, s := range named {
		list[i] = Switch{Name: s.name, On: *s.on}
	}
	return list
}

// With returns the profile with the named switches turned on, or what is
// documented turned off: "-neq" adds neq to Off. It fails with [ErrSwitch] on a
// name that is not among [Profile.Switches] or, behind a minus, [Documented].
func (p Profile) With(names ...string) (Profile, error) {
	for _, name := range names {
		if err := turnOn(&p, name); err != nil {
			return Profile{}, err
		}
	}
	return p, nil
}

// Names returns the names with which [Profile.With] makes the profile from
// one that differs in Fields alone, in a fixed order.
func (p Profile) Names() []string {
	var names []string
	for _, s := range switchesOf(&p) {
		if *s.on {
			names = append(names, s.name)
		}
	}
	for _, name := range Documented() {
		if slices.Contains(p.Off, name) {
			names = append(names, "-"+name)
		}
	}
	return names
}

// String lists the profile's Names, separated by commas; "documented" if there
// is none.
func (p Profile) String() string {
	if names := p.Names(); names != nil {
		return strings.Join(names, ",")
	}
	return "documented"
}

type namedSwitch struct {
	name string
	on   *bool
}

func switchesOf(p *Profile) []namedSwitch {
	return []namedSwitch{
		{"in", &p.In},
		{"nin", &p.Nin},
		{"notnull", &p.NotNull},
		{"null_false", &p.NullFalse},
		{"contains", &p.Contains},
		{"like", &p.Like},
		{"nlike", &p.NotLike},
		{"regex", &p.Regex},
		{"pattern_escapes", &p.PatternEscapes},
	}
}

func turnOn(p *Profile, name string) error {
	off, minus := strings.CutPrefix(name, "-")
	if minus && slices.Contains(Documented(), off) {
		if !slices.Contains(p.Off, off) {
			p.Off = append(slices.Clip(p.Off), off)
		}
		return nil
	}
	named := switchesOf(p)
	for _, s := range named {
		if s.name == name {
			*s.on = true
			return nil
		}
	}
	known := make([]string, len(named))
	for i, s := range named {
		known[i] = s.name
	}
	return fmt.Errorf("%w %q (it has %s; and to turn off what is documented, -%s)", ErrSwitch, name, strings.Join(known, ", "), strings.Join(Documented(), ", -"))
}

// keyLen returns how many bytes at the start of s form a key of the filter
// syntax, [A-Za-z_][A-Za-z0-9_.]*.
func keyLen(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return i
		}
	}
	return len(s)
}
