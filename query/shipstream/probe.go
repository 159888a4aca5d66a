package shipstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// ErrProbe reports a server with too few users for [UserSource.Probe] to learn from.
var ErrProbe = errors.New("probing needs two users, one with a name that begins with three letters, among the newest hundred")

// Finding is what [UserSource.Probe] saw of one capability.
type Finding struct {
	Name   string // a switch of the profile, "collation" or "timestamps"
	Proved bool   // whether the server was seen to do it
	Detail string // what was seen, in one sentence
}

// Probe finds out what the server does where the API reference is silent. It asks filters
// whose answers sample rows determine. A switch is turned on only if every answer was
// right, at least one with a row and one without it, so that an operator that is ignored
// or selects nothing stays off. A switch that the users at hand cannot decide stays off
// too, and its finding says what was missing. Probing takes about forty requests of one
// row each, within the client's limits. It fails if the server cannot be asked at all,
// with [ErrProbe] if it has no users to learn from, and with [query.ErrAnswer] if it does
// not even filter by id.
func (s *UserSource) Probe(ctx context.Context) (Capabilities, []Finding, error) {
	p := &prober{source: s, ctx: ctx}
	if err := p.takeSample(); err != nil {
		return Capabilities{}, nil, err
	}
	var c Capabilities
	p.timestamps(&c)
	p.collation(&c)
	for _, sw := range (wire.Profile{}).Switches() {
		p.tryout(&c, sw.Name)
	}
	return c, p.findings, p.err
}

// prober asks questions about sample rows. An id of 0 is a row that was not found.
type prober struct {
	source   *UserSource
	ctx      context.Context //nolint:containedctx // lives no longer than Probe
	id       int64           // the sample
	name     string          // its name: three ASCII letters or more, and no wildcard
	other    int64           // another row
	special  specimen        // a text with a wildcard in it
	seen     int64           // a row with a last_login_at
	unseen   int64           // a row without
	findings []Finding
	err      error // the first failed request
}

// specimen is a value of a row that has one of LIKE's wildcards as a plain
// character.
type specimen struct {
	id          int64
	field, text string
	at          int // where the wildcard stands
}

// wildcards are the characters to which LIKE gives a meaning.
const wildcards = `%_\`

// takeSample finds the rows that the probes are about.
func (p *prober) takeSample() error {
	newest, err := p.source.list(p.ctx, url.Values{"sort": {"-id"}}, 100)
	if err != nil {
		return err
	}
	for _, u := range newest {
		if p.special.id == 0 {
			p.special = specimenOf(&u)
		}
		name, _ := u.Name.Get()
		if p.name == "" && lettersFirst(name) && !strings.ContainsAny(name, wildcards) {
			p.id, p.name = u.ID, name
			continue
		}
		p.other = u.ID
	}
	if p.name == "" || p.other == 0 {
		return ErrProbe
	}
	// By documented operators, each of which must leave out the row that the other finds.
	null, dated := "last_login_at{null:true}", dated("last_login_at")
	p.seen, p.unseen = p.one(dated), p.one(null)
	if p.seen != 0 && p.mayHold(p.seen, null) {
		p.seen = 0
	}
	if p.unseen != 0 && p.mayHold(p.unseen, dated) {
		p.unseen = 0
	}
	return p.err
}

// dated is "is not null" in documented operators.
func dated(field string) string {
	return field + `[{gteq:"2000-01-01T00:00:00Z"},{lt:"2000-01-01T00:00:00Z"}]`
}

func specimenOf(u *User) specimen {
	for _, s := range []specimen{{field: "name", text: u.Name.Or("")}, {field: "username", text: u.Username.Or("")}, {field: "email", text: u.Email.Or("")}} {
		if s.at = strings.IndexAny(s.text, wildcards); s.at >= 0 {
			s.id = u.ID
			return s
		}
	}
	return specimen{}
}

// lettersFirst reports whether a name begins with three different ASCII letters,
// so that prefixes of it mean one thing under every collation.
func lettersFirst(name string) bool {
	if len(name) < 3 {
		return false
	}
	for i := range 3 {
		c := name[i] | 0x20
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return name[0]|0x20 != name[1]|0x20 && name[1]|0x20 != name[2]|0x20
}

// one returns the id of some row that the server returns for the parameters; 0 for
// none.
func (p *prober) one(params ...string) int64 {
	rows, _ := p.answer(url.Values{"sort": {"-id"}, "filter": params})
	if len(rows) == 0 {
		return 0
	}
	return rows[0].ID
}

// answer returns the one row that the server finds; refused when it answers 400.
func (p *prober) answer(q url.Values) (rows []User, refused bool) {
	rows, err := p.source.list(p.ctx, q, 1)
	if err != nil && !errors.Is(err, transport.ErrBadRequest) && p.err == nil {
		p.err = err
	}
	return rows, err != nil
}

// selects returns the row if the server's answer to the parameter has it; refused if the
// server answers 400.
func (p *prober) selects(id int64, param string) (got []int64, refused bool) {
	rows, refused := p.answer(url.Values{"sort": {"-id"}, "filter": {"id:" + strconv.FormatInt(id, 10), param}})
	if len(rows) > 0 && rows[0].ID != id && p.err == nil {
		p.err = fmt.Errorf("%w: it does not filter by id: asked for user %d with filter=%s it answered with user %d", query.ErrAnswer, id, param, rows[0].ID)
	}
	if len(rows) > 0 {
		got = []int64{id}
	}
	return got, refused
}

// mayHold reports whether the row may satisfy the parameter: it does, or the server
// refuses the parameter.
func (p *prober) mayHold(id int64, param string) bool {
	got, refused := p.selects(id, param)
	return len(got) > 0 || refused
}

func (p *prober) foundf(name string, proved bool, format string, args ...any) {
	p.findings = append(p.findings, Finding{name, proved, fmt.Sprintf(format, args...)})
}

// question is whether one row satisfies a filter parameter.
type question = knownanswer.Question[int64]

// about returns the question whose answer for the row is want.
func about(id int64, param string, want bool) question {
	if want {
		return question{Text: param, Yes: []int64{id}}
	}
	return question{Text: param, No: []int64{id}}
}

// tryout turns a switch on if the server answers every question about it as expected.
func (p *prober) tryout(c *Capabilities, name string) {
	questions, missing := p.questions(c, name)
	if missing == "" && !knownanswer.Decide(questions) {
		missing = "cannot be seen: no rows would show whether it is ignored"
	}
	if missing != "" {
		p.foundf(name, false, "%s", missing)
		return
	}
	for _, q := range questions {
		got, refused := p.selects(slices.Concat(q.Yes, q.No)[0], q.Text)
		if refused {
			p.foundf(name, false, "the server refuses filter=%s", q.Text)
			return
		}
		switch fault := q.Judge(got, true); {
		case len(fault.Wrong) > 0:
			p.foundf(name, false, "filter=%s wrongly selects user %d", q.Text, fault.Wrong[0])
			return
		case len(fault.Missing) > 0:
			p.foundf(name, false, "filter=%s does not select user %d", q.Text, fault.Missing[0])
			return
		}
	}
	profile, err := c.Profile.With(name)
	if err != nil {
		p.err = err
		return
	}
	c.Profile = profile
	p.foundf(name, true, "answers as expected")
}

// nobody is what no value begins with, ends with or holds.
const nobody = "qzxqzxqz"

// questions returns the questions that decide a switch, or what is missing to decide it.
func (p *prober) questions(c *Capabilities, name string) (questions []question, missing string) {
	ask := func(want bool, op, value string) {
		questions = append(questions, about(p.id, condition("name", op, value), want))
	}
	switch name {
	case "in", "nin":
		// Both orders: a server may look at the first value alone, or the last.
		for _, list := range [][]int64{{p.id, p.other}, {p.other, p.id}, {p.other}} {
			holds := slices.Contains(list, p.id)
			questions = append(questions, about(p.id, "id{"+name+":"+literal(list)+"}", holds == (name == "in")))
		}
		if name == "nin" && p.unseen != 0 {
			questions = append(questions, about(p.unseen, `last_login_at{nin:["2000-01-01T00:00:00Z"]}`, false))
		}
	case "notnull", "null_false":
		if p.seen == 0 || p.unseen == 0 {
			return nil, "cannot be seen: it takes a user with a last_login_at and one that last_login_at{null:true} alone selects"
		}
		param := map[string]string{"notnull": "last_login_at{notnull:true}", "null_false": "last_login_at{null:false}"}[name]
		questions = []question{about(p.seen, param, true), about(p.unseen, param, false)}
	case "contains":
		ask(true, "contains", p.name[1:3])
		ask(false, "contains", nobody)
	case "like":
		ask(true, "like", p.name[:1]+"_"+p.name[2:3]+"%")
		ask(true, "like", `\`+p.name[:3]+"%")
		ask(false, "like", p.name[:1])
	case "nlike":
		ask(true, "nlike", nobody+"%")
		ask(false, "nlike", p.name[:1]+"%")
	case "pattern_escapes":
		return p.escapes(c)
	case "regex":
		return nil, "which dialect the server speaks cannot be seen from outside; declare it yourself"
	}
	return questions, ""
}

// escapes asks each operator that takes text for a wildcard that is there, and for
// some that are not.
func (p *prober) escapes(c *Capabilities) (questions []question, missing string) {
	s := p.special
	if s.id == 0 {
		return nil, "cannot be seen: none of the newest hundred users has a " + strings.Join(strings.Split(wildcards, ""), " or ") + " in its name, username or email"
	}
	there := map[string]string{"start": s.text[:s.at+1], "end": s.text[s.at:], "contains": s.text[s.at : s.at+1]}
	ops := []string{"start", "end"}
	if c.Profile.Contains {
		ops = append(ops, "contains")
	}
	for _, op := range ops {
		questions = append(questions, about(s.id, condition(s.field, op, there[op]), true), about(p.id, condition("name", op, "%"), false))
	}
	for _, text := range []string{p.name[:1] + "_", "%" + p.name[1:2], p.name[:1] + `\` + p.name[1:2]} {
		questions = append(questions, about(p.id, condition("name", "start", text), false))
	}
	return questions, ""
}

// condition writes one operator on a text.
func condition(field, op, text string) string {
	return field + "{" + op + ":" + literal(text) + "}"
}

// literal writes a value as JSON, which is JSON5.
func literal[V string | []int64](v V) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("texts and numbers always marshal: %v", err))
	}
	return string(text)
}

// timestamps asks for them by name, of a row that has both if there is one: others
// show them as null, or leave them out for that reason.
func (p *prober) timestamps(c *Capabilities) {
	const names = "created_at,last_login_at"
	has := p.seen
	if has != 0 {
		has = p.one("id:"+strconv.FormatInt(has, 10), dated("created_at"))
	}
	id := strconv.FormatInt(cmp.Or(has, p.id), 10)
	rows, refused := p.answer(url.Values{"sort": {"-id"}, "fields": {names}, "filter": {"id:" + id}})
	if len(rows) == 0 {
		rows = make([]User, 1)
	}
	created, login := rows[0].CreatedAt, rows[0].LastLoginAt
	switch {
	case refused:
		c.Timestamps = model.ReturnedNo
		p.foundf("timestamps", true, "never returned: the server refuses fields=%s", names)
	case created.IsSet() && login.IsSet(), has == 0 && !created.IsAbsent() && !login.IsAbsent():
		c.Timestamps = model.ReturnedOnRequest
		p.foundf("timestamps", true, "returned on request")
	case has != 0:
		c.Timestamps = model.ReturnedNo
		p.foundf("timestamps", true, "never returned: the server takes fields=%s and sends user %s, who has both, without them or without one", names, id)
	default:
		p.foundf("timestamps", false, "cannot be seen: fields=%s shows none, or one, of user %s, but no user that surely has both was found", names, id)
	}
}

// variant is a text that a collation may hold equal to a name.
type variant struct{ differs, text string }

// variants are the sample's name as [model.CI] holds it equal, and
// [model.Binary] does not.
func (p *prober) variants() []variant {
	v := []variant{
		{"letter case", string(p.name[0]^0x20) + p.name[1:]},
		{"trailing spaces", p.name + " "},
	}
	for i := range 3 {
		if accented := map[byte]string{'a': "á", 'c': "ç", 'e': "é", 'i': "í", 'n': "ñ", 'o': "ó", 'u': "ú", 'y': "ý"}[p.name[i]|0x20]; accented != "" {
			return append(v, variant{"accents", p.name[:i] + accented + p.name[i+1:]})
		}
	}
	return v
}

// collation asks for the sample's name, for another, and for its variants. It
// declares the nearer of the two collations, and calls it proved if every variant
// agrees.
func (p *prober) collation(c *Capabilities) {
	equal := func(text string) bool {
		got, _ := p.selects(p.id, condition("name", "eq", text))
		return len(got) > 0
	}
	if !equal(p.name) || equal(nobody) {
		p.foundf("collation", false, "cannot be seen: name{eq:…} does not select by name")
		return
	}
	var same, different []string
	for _, v := range p.variants() {
		if equal(v.text) {
			same = append(same, v.differs)
		} else {
			different = append(different, v.differs)
		}
	}
	if slices.Contains(different, "letter case") {
		c.Collation = model.Some(model.Binary)
	}
	switch {
	case different == nil:
		p.foundf("collation", true, "ci: names are not told apart by %s", strings.Join(same, ", "))
	case same == nil:
		p.foundf("collation", true, "binary: names are told apart by %s", strings.Join(different, ", "))
	default:
		p.foundf("collation", false, "neither ci nor binary, of which %s is nearer: names are told apart by %s, and not by %s", c.collation(), strings.Join(different, ", "), strings.Join(same, ", "))
	}
}
