package rest

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

const (
	// bodyRoom bounds the conditions of one body. Servers accept bodies of 1 MiB
	// (nginx's client_max_body_size; Apache takes more).
	bodyRoom = 1 << 20
	// lineRoom bounds those of one request line, which the parameters in the URL take.
	lineRoom = 7 << 10
)

// room returns how much the conditions of one request may take: zero if all of them stand in
// the URL. What stands there takes its share of bodyRoom, so that one bound holds both.
func (l *listing) room() plan.Room {
	if l.Method != http.MethodPost {
		return plan.Room{}
	}
	inBody := l.renderer != nil && l.Expression.To.Body != ""
	for _, f := range l.Fields {
		for _, name := range f.Params {
			inBody = inBody || isPointer(name)
		}
	}
	if !inBody {
		return plan.Room{}
	}
	return plan.Room{Size: bodyRoom, Reason: "the body would exceed the 1 MiB that servers accept, or the request line 8 KiB"}
}

// sized is a dialect whose conditions stand in a body.
type sized struct {
	plan.Dialect
}

// Classify adds the size of each condition.
func (s sized) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := slices.Clone(s.Dialect.Classify(conjuncts))
	for i := range out {
		out[i].Size = 0
		for _, p := range out[i].Params {
			if isPointer(p.Name) {
				out[i].Size += len(p.Value) + len(`"",`)
				continue
			}
			out[i].Size += (len(url.QueryEscape(p.Name)) + len(url.QueryEscape(p.Value)) + len("&=")) * (bodyRoom / lineRoom)
		}
	}
	return out
}

// sizedFolder is sized of a dialect that folds text.
type sizedFolder struct {
	sized
	plan.TextFolder
}

// withRoom returns the dialect with sizes if its conditions stand in a body.
func (l *listing) withRoom(d plan.Dialect) plan.Dialect {
	if l.room() == (plan.Room{}) {
		return d
	}
	if folder, ok := d.(plan.TextFolder); ok {
		return sizedFolder{sized{d}, folder}
	}
	return sized{d}
}
