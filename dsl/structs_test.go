package dsl_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

type (
	status   string
	instant  time.Time
	labels   map[string]string
	identity struct {
		ID   int64  `filter:"id"`
		Note string // no tag: not for filters
	}
	person struct {
		Name  string  `filter:"name,collation=ci"`
		Email *string `filter:"email"`
	}
	role struct {
		Name  string   `filter:"name"`
		Level *int8    `filter:"level"`
		Owner *person  `filter:"owner"`
		May   []string `filter:"may"`
	}
	base struct {
		CreatedAt time.Time `filter:"created_at,nullable"`
	}
	// everything has a field of every kind that For takes.
	everything struct {
		identity
		*base

		Status    status                `filter:"status,collation=case"`
		Tiny      int8                  `filter:"tiny"`
		Short     int16                 `filter:"short"`
		Word      int32                 `filter:"word"`
		Plain     int                   `filter:"plain,nullable"`
		Byte      uint8                 `filter:"byte"`
		UShort    uint16                `filter:"ushort"`
		UWord     uint32                `filter:"uword"`
		Huge      uint64                `filter:"huge"`
		Active    bool                  `filter:"active"`
		Price     float64               `filter:"price,decimal"`
		Weight    float32               `filter:"weight,decimal,nullable"`
		Rate      json.Number           `filter:"rate,decimal"`
		Seen      *time.Time            `filter:"seen"`
		At        instant               `filter:"at"`
		Deep      **int64               `filter:"deep"`
		Optional  model.Opt[string]     `filter:"optional"`
		When      model.Opt[time.Time]  `filter:"when"`
		SQL       sql.NullInt64         `filter:"sql"`
		SQLV      sql.Null[string]      `filter:"sqlv"`
		Owner     person                `filter:"owner"`
		Backup    *person               `filter:"backup"`
		Roles     []role                `filter:"roles"`
		Old       []*role               `filter:"old"`
		Labels    labels                `filter:"labels,keys=team|region"`
		Counts    map[string]int        `filter:"counts,keys=a"`
		Flags     map[string]bool       `filter:"flags,keys=x"`
		Days      *map[string]time.Time `filter:"days,keys=first"`
		Tags      []string              `filter:"tags,collation=ci"`
		Marks     []*int16              `filter:"marks"`
		Times     *[]time.Time          `filter:"times"`
		Rates     []float64             `filter:"rates,decimal"`
		Huges     []uint64              `filter:"huges"`
		Left      chan int              `filter:"-"`
		Untagged  func()
		unexposed int //nolint:unused // filters do not read it
	}
)

func full() *everything {
	at := time.Date(2024, 3, 10, 9, 0, 0, 5, time.UTC)
	return &everything{
		identity: identity{ID: 7}, base: &base{CreatedAt: at},
		Status: "Open", Tiny: -1, Short: -300, Word: -70_000, Plain: 5, Byte: 200, UShort: 60_000, UWord: 4_000_000_000, Huge: math.MaxInt64,
		Active: true, Price: 0.1, Weight: 2.5, Rate: "12.50", Seen: &at, At: instant(at), Deep: new(new(int64(9))),
		Optional: model.Some("x"), When: model.Some(at), SQL: sql.NullInt64{Int64: 3, Valid: true}, SQLV: sql.Null[string]{V: "v", Valid: true},
		Owner: person{Name: "Ana", Email: new("a@b.c")}, Backup: &person{Name: "Bob"},
		Roles: []role{{Name: "Pickers", Level: new(int8(2)), Owner: &person{Name: "Zoe"}, May: []string{"pick", "pack"}}, {Name: "Buyers"}},
		Old:   []*role{nil, {Name: "Guests"}},
		Tags:  []string{"New", ""}, Marks: []*int16{nil, new(int16(4))}, Times: &[]time.Time{at}, Rates: []float64{0.1, 0.2},
		Labels: labels{"team": "blue"}, Counts: map[string]int{"a": 4}, Flags: map[string]bool{"x": true}, Days: &map[string]time.Time{"first": at},
	}
}

// TestStructKinds has a condition on each kind of field, that holds for the full row and
// for the zero row or not.
func TestStructKinds(t *testing.T) {
	t.Parallel()
	things, err := dsl.For[everything]()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		filter     string
		full, zero dsl.Tri
	}{
		{"id = 7", dsl.True, dsl.False},
		{"created_at > 2024-03-10T09:00:00.000000004Z", dsl.True, dsl.Unknown},
		{"created_at is null", dsl.False, dsl.True},
		{"status = 'oPEN'", dsl.True, dsl.False},
		{"status = ''", dsl.False, dsl.True},
		{"tiny = -1", dsl.True, dsl.False},
		{"short = -300", dsl.True, dsl.False},
		{"word = -70000", dsl.True, dsl.False},
		{"plain = 5", dsl.True, dsl.Unknown},
		{"byte = 200", dsl.True, dsl.False},
		{"ushort = 60000", dsl.True, dsl.False},
		{"uword = 4000000000", dsl.True, dsl.False},
		{"huge = 9223372036854775807", dsl.True, dsl.False},
		{"active", dsl.True, dsl.False},
		{"price = 0.1", dsl.True, dsl.False},
		{"weight > 2.4", dsl.True, dsl.Unknown},
		{"seen on 2024-03-10", dsl.True, dsl.Unknown},
		{"at on 2024-03-10", dsl.True, dsl.False},
		{"deep = 9", dsl.True, dsl.Unknown},
		{"optional = 'x'", dsl.True, dsl.Unknown},
		{"when on 2024-03-10", dsl.True, dsl.Unknown},
		{"sql = 3", dsl.True, dsl.Unknown},
		{"sqlv = 'v'", dsl.True, dsl.Unknown},
		{"owner.name = 'ANA '", dsl.True, dsl.False},
		{"owner.email = 'a@b.c'", dsl.True, dsl.Unknown},
		{"owner.email = 'A@B.C'", dsl.False, dsl.Unknown},
		{"backup.name = 'bob'", dsl.True, dsl.False},
		{"backup.email is null", dsl.True, dsl.False},
		{"roles.name = 'Buyers'", dsl.True, dsl.False},
		{"roles.name = 'buyers'", dsl.False, dsl.False},
		{"roles.level = 2", dsl.True, dsl.False},
		{"roles.level is null", dsl.True, dsl.False},
		{"roles.owner.name = 'zoe'", dsl.True, dsl.False},
		{"not roles.name = 'Guests'", dsl.True, dsl.True},
		{"old.name = 'Guests'", dsl.True, dsl.False},
		{"old.name is null", dsl.True, dsl.False},
		{"tags = 'NEW'", dsl.True, dsl.False},
		{"tags = ''", dsl.True, dsl.False},
		{"tags is null", dsl.False, dsl.True},
		{"tags is empty", dsl.False, dsl.True},
		{"marks in (3, 4)", dsl.True, dsl.False},
		{"times on 2024-03-10", dsl.True, dsl.False},
		{"times is empty", dsl.False, dsl.True},
		{"rates = 0.2", dsl.True, dsl.False},
		{"roles.may starts with 'pa'", dsl.True, dsl.False},
		{"roles.may = 'PICK'", dsl.False, dsl.False},
		{"roles.may is empty", dsl.True, dsl.False},
		{"roles is not empty", dsl.True, dsl.False},
		{"labels.team = 'blue'", dsl.True, dsl.Unknown},
		{"labels.region is null", dsl.True, dsl.True},
		{"counts.a = 4", dsl.True, dsl.Unknown},
		{"flags.x", dsl.True, dsl.Unknown},
		{"days.first on 2024-03-10", dsl.True, dsl.Unknown},
	} {
		m, err := things.Compile(c.filter)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		for row, want := range map[*everything]dsl.Tri{full(): c.full, {Rate: "0"}: c.zero} {
			got, err := m.Eval(row)
			matched, testErr := m.Test(row)
			if err != nil || testErr != nil || got != want || m.Match(row) != (want == dsl.True) || matched != (want == dsl.True) {
				t.Errorf("%s: %v, %v, %v, want %v", c.filter, got, err, testErr, want)
			}
		}
	}
	m, err := things.Compile("id is null and active is null and not roles.name = 'x' and labels.team is null")
	if err != nil || !m.Match(nil) {
		t.Errorf("a nil row is null in every field: %v", err)
	}
}

func TestStructRowErrors(t *testing.T) {
	t.Parallel()
	things, err := dsl.For[everything]()
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		"huge > 5":     "the language has no such value: field huge is 9223372036854775808, which does not fit 64 bits with a sign",
		"price > 5":    "the language has no such value: field price is NaN, which has too many digits or is not a number",
		"rate > 5":     `the language has no such value: field rate is "much", which is not a decimal of at most 64 bits`,
		"huges = 5":    "the language has no such value: field huges has such a value in an element of its list",
		"rate is null": `the language has no such value: field rate is "much", which is not a decimal of at most 64 bits`,
	} {
		m, err := things.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		row := &everything{Huge: math.MaxInt64 + 1, Price: math.NaN(), Rate: "much", Huges: []uint64{1, 1 << 63}}
		matched, err := m.Test(row)
		if !errors.Is(err, dsl.ErrRow) || err.Error() != want || matched || m.Match(row) {
			t.Errorf("%s: %v, %v", filter, matched, err)
		}
		if answer, err := m.Eval(row); !errors.Is(err, dsl.ErrRow) || answer != dsl.Unknown {
			t.Errorf("%s: %v, %v", filter, answer, err)
		}
	}
	// What is not read is not an error.
	m, err := things.Compile("id = 0 or huge > 5")
	if err != nil {
		t.Fatal(err)
	}
	if matched, err := m.Test(&everything{Huge: math.MaxUint64}); !matched || err != nil {
		t.Errorf("%v, %v", matched, err)
	}
}

type (
	cyclic struct {
		ID     int     `filter:"id"`
		Parent *cyclic `filter:"parent"`
	}
	listCycle struct {
		Children []listCycle `filter:"children"`
	}
	embeddedCycle struct {
		*embeddedCycle //nolint:unused // it is there to be refused

		ID int `filter:"id"`
	}
	pointerCycle *pointerCycle
	faulty       struct {
		A      string         `filter:"a"`
		B      string         `filter:"a"`
		hidden int            `filter:"hidden"` //nolint:unused // it is there to be refused
		C      string         `filter:"c,colation=ci"`
		D      string         `filter:"d,collation=de"`
		E      int            `filter:"e,collation=ci"`
		F      chan int       `filter:"f"`
		G      [][]string     `filter:"g"`
		I      map[string]int `filter:"i"`
		J      map[int]string `filter:"j,keys=a"`
		K      string         `filter:",nullable"`
		L      string         `filter:"l..m"`
		M      pointerCycle   `filter:"m"`
		N      []byte         `filter:"n"`
		O      any            `filter:"o"`
		P      string         `filter:"p,keys=a"`
		Q      person         `filter:"q,nullable"`
		R      [2]person      `filter:"r"`
	}
)

func structError[T any]() (string, error) {
	_, err := dsl.For[T]()
	return strings.TrimSpace(strings.ReplaceAll("\n"+errorText(err), "\n"+dsl.ErrStruct.Error()+": ", "\n")), err
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestStructTypeErrors: an error names the type and the field, and has all faults at once.
func TestStructTypeErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		make func() (string, error)
		want string
	}{
		{structError[int], "int is not a struct"},
		{structError[*person], "*dsl_test.person is not a struct"},
		{structError[time.Time], "time.Time is not a struct"},
		{structError[struct{ A int }], "struct: no field has a tag: write `filter:\"name\"` behind those that filters may read"},
		{structError[cyclic], `cyclic.Parent: a cycle: dsl_test.cyclic is inside itself; leave one of its fields out by the tag filter:"-"`},
		{structError[listCycle], `listCycle.Children: a cycle: dsl_test.listCycle is inside itself; leave one of its fields out by the tag filter:"-"`},
		{structError[embeddedCycle], `embeddedCycle.embeddedCycle: a cycle: dsl_test.embeddedCycle is inside itself; leave one of its fields out by the tag filter:"-"`},
		{structError[faulty], strings.Join([]string{
			`faulty.B: the name "a" is that of faulty.A, too`,
			"faulty.hidden: it has a tag and is not exported: export it, or remove the tag",
			`faulty.C: unknown option "colation=ci": the options are nullable, decimal, collation=binary|ci|case and keys=a|b`,
			`faulty.D: unknown collation "de": it is binary, ci or case`,
			"faulty.E: the option collation is for strings",
			"faulty.F: filters have no values of type chan int: it takes integers, floats, string, bool, time.Time, structs, slices and maps",
			"faulty.G: filters do not read [][]string: a list has structs or single values",
			"faulty.I: a map needs the names that filters may use: the tag's option keys=a|b",
			"faulty.J: filters do not read map[int]string: a map has strings as keys, and strings, bools, ints, float64s or time.Time as values",
			"faulty.K: its tag has no name: write one, or - to leave the field out",
			`faulty.L: no filter can write the name "l..m": parts between dots have one character at least, and neither back quotes nor line feeds`,
			"faulty.M: a cycle: dsl_test.pointerCycle points at itself",
			"faulty.N: []uint8 may be a text or a list of numbers: use a string, or integers of another size",
			"faulty.O: filters have no values of type interface {}: it takes integers, floats, string, bool, time.Time, structs, slices and maps",
			"faulty.P: the option keys is for maps",
			"faulty.Q: the option nullable is for single values",
			"faulty.R: filters have no values of type [2]dsl_test.person: it takes integers, floats, string, bool, time.Time, structs, slices and maps",
		}, "\n")},
	} {
		got, err := c.make()
		if got != c.want || !errors.Is(err, dsl.ErrStruct) {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func TestStructOptions(t *testing.T) {
	t.Parallel()
	type plain struct {
		Name   string `json:"name,omitempty"`
		Mail   string `json:"mail" filter:"email"`
		Secret string `json:"-"`
		Away   string `json:"away" filter:"-"`
		ID     int
		inner  int //nolint:unused // not exported
	}
	things, err := dsl.For[plain](dsl.JSONNames(), dsl.StringCollation(model.CI))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range things.Schema().Len() {
		names = append(names, things.Schema().Field(i).Name)
	}
	if got := strings.Join(names, " "); got != "name email ID" {
		t.Errorf("the fields are %s", got)
	}
	m, err := things.Compile("name = 'ANA' and ID = 3 and email = 'x'")
	if err != nil || !m.Match(&plain{Name: "ana", ID: 3, Mail: "X"}) {
		t.Error(err)
	}
}

// deepMatch makes the stack grow, and so move, between rows that are on it.
func deepMatch(m *dsl.Matcher[everything], depth int) bool {
	row := *full()
	row.ID = int64(depth)
	if depth > 0 && !deepMatch(m, depth-1) {
		return false
	}
	return m.Match(&row)
}

// TestStructConcurrency matches on many growing stacks at once, while garbage is collected.
func TestStructConcurrency(t *testing.T) {
	t.Parallel()
	things, err := dsl.For[everything]()
	if err != nil {
		t.Fatal(err)
	}
	m, err := things.Compile("id >= 0 and owner.name = 'ana' and (roles.name ~ '^B' or roles.level = 7) and optional = 'x'")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for depth := range 60 {
				if !deepMatch(m, depth) {
					t.Error("a row does not match")
				}
			}
		})
	}
	wg.Wait()
}

func TestStructCompileErrors(t *testing.T) {
	t.Parallel()
	things, err := dsl.For[person]()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := things.Compile("name ="); !errors.Is(err, dsl.ErrSyntax) {
		t.Error(err)
	}
	_, err = things.Compile("nime = 'x'")
	if !errors.Is(err, dsl.ErrType) || !strings.Contains(err.Error(), "did you mean name?") {
		t.Error(err)
	}
}
