package rest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// isPointer reports whether a parameter is a place in the body, a JSON pointer (RFC 6901).
func isPointer(name string) bool { return strings.HasPrefix(name, "/") }

// spot is a place in the body of requests.
type spot struct {
	tokens []string // the way to it
	kind   kind     // of values without an example in the body
}

// kind is the JSON type of a value.
type kind uint8

const (
	text kind = iota
	number
	boolean
	list // of texts
)

// spots returns the places in the body that parameters name.
func (d Definition) spots() map[string]spot {
	p := d.Paging
	out := map[string]spot{}
	add := func(name string, k kind) {
		if tokens, err := pointer(name); isPointer(name) && err == nil {
			out[name] = spot{tokens, k}
		}
	}
	keyKind := text
	for _, f := range d.Fields {
		k := kindOf(f.Element())
		if f.Spelling != nil && f.Spelling.Text {
			k = text
		}
		if f.Name == d.Layout.ID {
			keyKind = k
		}
		for op, name := range f.Params {
			switch {
			case op == "null":
				add(name, boolean)
			case f.Values[op].Map != nil || f.Values[op].Template != "":
				add(name, text)
			default:
				add(name, k)
			}
		}
	}
	for name, k := range map[string]kind{
		p.Limit: number, p.Skip: number, p.Page: number, p.From: keyKind, p.After: keyKind, p.Until: keyKind,
		p.Token: text, p.Sort: text, p.Direction: text, d.Select: list,
	} {
		add(name, k)
	}
	for _, params := range []url.Values{d.Params, d.Deleted} {
		for name := range params {
			if _, taken := out[name]; !taken {
				add(name, text)
			}
		}
	}
	return out
}

// kindOf returns the JSON type of a field's values.
func kindOf(t model.Type) kind {
	switch t {
	case model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeRef, model.TypeRefs:
		return number
	case model.TypeBool:
		return boolean
	case model.TypeNull, model.TypeString, model.TypeDateTime, model.TypeJSON, model.TypeList:
	}
	return text
}

// request returns the request for a page of a scan. It fails if a value has not the type
// that the body wants of it.
func (l *listing) request(scan plan.Scan, r paginate.Request) (transport.Request, error) {
	q, body, err := l.said(nil, scan, r)
	return l.sent(q, body), err
}

// sent returns a request with parameters and a body.
func (l *listing) sent(q parameters, body []byte) transport.Request {
	out := transport.Request{Method: l.method(), Query: q.values(), Body: body}
	out.Path, out.RawPath = paths(l.Path)
	return out
}

// method returns the method of the listing's requests.
func (l *listing) method() string { return cmp.Or(l.Method, http.MethodGet) }

// said returns what the request for a page of a scan says. It fails as request does. The
// parameters are put into room, which is empty.
func (l *listing) said(room parameters, scan plan.Scan, r paginate.Request) (parameters, []byte, error) {
	said, unsaid := l.expressed(scan)
	q := l.pageQuery(room, scan, r, said)
	if l.method() == http.MethodGet {
		return q, nil, unsaid
	}
	trees := l.orderTree(scan, r)
	if said != nil && l.Expression.To.Body != "" && !(l.Definition.Paging.Alone && r.Token != "") {
		trees[l.Expression.To.Body] = said
	}
	q, body, err := l.written(q, trees)
	return q, body, errors.Join(unsaid, err)
}

// written returns the parameters that are no pointers, and the body, into which those that
// are go. Trees go into the body as they are, each at its pointer.
func (l *listing) written(q parameters, trees map[string]any) (parameters, []byte, error) {
	if l.method() == http.MethodGet {
		return q, nil, nil
	}
	body := l.Body
	var errs []error
	var rest parameters
	for len(q) > 0 {
		name := q[0].Name
		_, end := q.span(name)
		values := q[:end]
		q = q[end:]
		if !isPointer(name) {
			rest = append(rest, values...)
			continue
		}
		place := l.spots[name]
		value, err := typed(values.texts(), place.kind, at(l.Body, place.tokens))
		if err == nil {
			body, err = put(body, place.tokens, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(trees)) {
		tokens, err := pointer(name)
		if err == nil {
			body, err = put(body, tokens, trees[name])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if body == nil {
		return rest, nil, errors.Join(errs...)
	}
	return rest, []byte(expression.Format(body)), errors.Join(errs...)
}

// orderTree returns the order of a scan if trees spell it, at its place in the body.
func (l *listing) orderTree(scan plan.Scan, r paginate.Request) map[string]any {
	paging := &l.Definition.Paging
	if _, isText := paging.Order.template(false).(string); isText || l.sorted(scan) == "" || paging.Alone && r.Token != "" {
		return map[string]any{}
	}
	keys := strings.Split(l.sorted(scan), ",")
	if paging.single() {
		keys = keys[:1]
	}
	trees := make([]any, len(keys))
	for i, key := range keys {
		name, descending := strings.CutPrefix(key, "-")
		trees[i] = spelled(paging.Order.template(descending), l.serverName(name))
	}
	return map[string]any{paging.Sort: trees}
}

// typed returns the value of a parameter as the body has it: of the type of the example
// there, or else of a kind.
func typed(texts []string, k kind, example any) (any, error) {
	switch e := example.(type) {
	case nil:
	case string:
		k, texts = text, []string{strings.Join(texts, ",")}
	case bool:
		k = boolean
	case []any:
		if k == list {
			texts = strings.Split(strings.Join(texts, ","), ",")
			k = text
		}
		if len(e) > 0 {
			k = kindLike(e[0])
		}
		return each(texts, k)
	case map[string]any:
		return nil, errors.New("the body has an object there, and a value is to take its place")
	default:
		k = number
	}
	if k == list {
		return each(strings.Split(strings.Join(texts, ","), ","), text)
	}
	if len(texts) != 1 {
		return each(texts, k)
	}
	return scalar(texts[0], k)
}

// kindLike returns the type of an example.
func kindLike(example any) kind {
	switch example.(type) {
	case nil, string, []any, map[string]any:
		return text
	case bool:
		return boolean
	}
	return number
}

func each(texts []string, k kind) (any, error) {
	out := make([]any, len(texts))
	for i, t := range texts {
		var err error
		if out[i], err = scalar(t, k); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scalar(value string, k kind) (any, error) {
	switch k {
	case number:
		if n := json.Number(value); json.Valid([]byte(n)) && strings.Trim(value, `-+.0123456789eE`) == "" {
			return n, nil
		}
		return nil, fmt.Errorf("the body wants a number, and the value is %.100q", value)
	case boolean:
		if value == "true" || value == "false" {
			return value == "true", nil
		}
		return nil, fmt.Errorf("the body wants true or false, and the value is %.100q", value)
	case text, list:
	}
	return value, nil
}
