package shipstream

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/transport"
)

// Finding is what [UserSource.Probe] saw of one capability.
type Finding struct {
	Name   string // a switch of the profile, "collation" or "timestamps"
	Proved bool   // whether the server was seen to do it
	Detail string // what was seen, in one sentence
}

// Probe finds out what the server does where the API reference is silent: for
// each switch it sends filters whose answers are known from a sample row, and
// turns the switch on only if the server gave them all. It takes some thirty
// requests of one row each, within the client's limits. It fails when the server
// cannot be asked at all, or has no user to learn from.
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

// prober asks questions about a sample row.
type prober struct {
	source   *UserSource
	ctx      context.Context //nolint:containedctx // lives no longer than Probe
	row      model.User      // with a name of three ASCII letters or more
	other    int64           // the id of another row
	name     string
	findings []Finding
	err      error // the first that is no answer
}

// takeSample looks for a row whose name the questions can be built from.
func (p *prober) takeSample() error {
	page, _, err := list(p.ctx, p.source, url.Values{"limit": {"100"}, "sort": {"-id"}}, users())
	if err != nil {
		return err
	}
	for _, u := range page.Rows {
		name, _ := u.Name.Get()
		if p.name == "" && lettersFirst(name) {
			p.row, p.name = u, name
			continue
		}
		p.other = u.ID
	}
	if p.name == "" || p.other == 0 {
		return errors.New("probing needs two users, one with a name that begins with three letters, among the newest hundred")
	}
	return nil
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

// matches reports whether the server returns the sample row for the parameters;
// refused when it answers 400.
func (p *prober) matches(params ...string) (found, refused bool) {
	q := url.Values{"limit": {"1"}, "sort": {"-id"}, "filter": append([]string{"id:" + strconv.FormatInt(p.row.ID, 10)}, params...)}
	page, _, err := list(p.ctx, p.source, q, users())
	switch {
	case errors.Is(err, transport.ErrBadRequest):
		return false, true
	case err != nil:
		if p.err == nil {
			p.err = err
		}
		return false, true
	}
	return len(page.Rows) == 1, false
}

func (p *prober) foundf(name string, proved bool, format string, args ...any) {
	p.findings = append(p.findings, Finding{name, proved, fmt.Sprintf(format, args...)})
}

// question is a filter parameter and whether the sample row satisfies it.
type question struct {
	param string
	want  bool
}

// tryout turns a switch on if every question about it is answered as expected.
func (p *prober) tryout(c *Capabilities, name string) {
	if name == "regex" {
		p.foundf(name, false, "which dialect the server speaks cannot be seen from outside; declare it yourself")
		return
	}
	for _, q := range p.questions()[name] {
		found, refused := p.matches(q.param)
		switch {
		case refused:
			p.foundf(name, false, "the server refuses filter=%s", q.param)
			return
		case found != q.want:
			p.foundf(name, false, "filter=%s %s the sample row", q.param, map[bool]string{true: "wrongly selects", false: "does not select"}[found])
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

// questions are what each switch is judged by. A name that nobody has stands for
// "no match".
func (p *prober) questions() map[string][]question {
	const nobody = "qzxqzxqz"
	id, other := strconv.FormatInt(p.row.ID, 10), strconv.FormatInt(p.other, 10)
	text := func(op, value string) string { return "name{" + op + ":" + strconv.Quote(value) + "}" }
	all := map[string][]question{
		"in":         {{"id{in:[" + id + "," + other + "]}", true}, {"id{in:[" + other + "]}", false}},
		"nin":        {{"id{nin:[" + other + "]}", true}, {"id{nin:[" + id + "," + other + "]}", false}},
		"notnull":    {{"id{notnull:true}", true}},
		"null_false": {{"id{null:false}", true}},
		"contains":   {{text("contains", p.name[1:3]), true}, {text("contains", nobody), false}},
		"like":       {{text("like", p.name[:1]+"_"+p.name[2:3]+"%"), true}, {text("like", p.name[:1]), len(p.name) == 1}, {text("like", nobody+"%"), false}},
		"nlike":      {{text("nlike", nobody+"%"), true}, {text("nlike", p.name[:1]+"%"), false}},
		"pattern_escapes": {
			{text("start", p.name[:2]), true},
			{text("start", p.name[:1]+"_"), false},
			{text("start", "%"+p.name[1:2]), false},
			{text("start", p.name[:1]+`\`+p.name[1:2]), false},
		},
	}
	// A null must fail "is not null", whatever else the operator does.
	for name, param := range map[string]string{"notnull": "last_login_at{notnull:true}", "null_false": "last_login_at{null:false}"} {
		if null, refused := p.matches("last_login_at{null:true}"); !refused {
			all[name] = append(all[name], question{param, !null})
		}
	}
	return all
}

// timestamps asks for them by name.
func (p *prober) timestamps(c *Capabilities) {
	q := url.Values{"limit": {"1"}, "sort": {"-id"}, "fields": {"created_at,last_login_at"}}
	page, _, err := list(p.ctx, p.source, q, users())
	switch {
	case errors.Is(err, transport.ErrBadRequest):
		c.Timestamps = model.ReturnedNo
		p.foundf("timestamps", true, "never returned: the server refuses fields=created_at,last_login_at")
	case err != nil:
		p.err = err
	case len(page.Rows) == 1 && !page.Rows[0].CreatedAt.IsAbsent():
		c.Timestamps = model.ReturnedOnRequest
		p.foundf("timestamps", true, "returned on request")
	default:
		c.Timestamps = model.ReturnedNo
		p.foundf("timestamps", true, "never returned: the server takes fields=created_at,last_login_at and sends rows without them")
	}
}

// collation asks for the sample's name in the other case.
func (p *prober) collation(c *Capabilities) {
	swapped := strings.ToUpper(p.name)
	if swapped == p.name {
		swapped = strings.ToLower(p.name)
	}
	found, refused := p.matches("name{eq:" + strconv.Quote(swapped) + "}")
	switch {
	case refused:
		p.foundf("collation", false, "the server refuses name{eq:…}")
	case found:
		p.foundf("collation", true, "ci: letter case does not count (accents and trailing spaces are taken to follow utf8mb4_general_ci)")
	default:
		c.Collation = model.Binary
		p.foundf("collation", true, "binary: letter case counts")
	}
}
