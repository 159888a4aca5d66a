package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/plan"
)

// VerifyPushdown evaluates the whole filter again on the first n rows that the server
// returns, and ends the run with a [PushdownError] at a row that does not satisfy a
// condition which the server was sent. It requests the fields that this needs and hides
// them. A condition on a field that the server does not return is not verified, and a
// row that the server leaves out cannot be seen. 0 verifies none; a negative n is an
// [OptionError].
func VerifyPushdown(n int64) Option { return option(func(s *settings) { s.plan.Verify = n }) }

// PushdownError reports a row that the server returned although it does not satisfy a
// condition that the server was sent; see [VerifyPushdown]. Other rows may be missing.
type PushdownError struct {
	ID        int64
	Key       string // the row's key if keys are strings; "" otherwise
	Condition string // as the language writes it
	Sent      string // as the server was sent it
	Values    string // what the row has at the condition's fields
}

// Error returns one line.
func (e *PushdownError) Error() string {
	id := strconv.FormatInt(e.ID, 10)
	if e.Key != "" {
		id = fmt.Sprintf("%.100q", e.Key)
	}
	return fmt.Sprintf("row %s does not satisfy %s, and the server returned it for %s: %s; declare that the server cannot answer the condition, so that it is evaluated locally",
		id, e.Condition, e.Sent, e.Values)
}

// Is reports whether target is [ErrPushdown].
func (e *PushdownError) Is(target error) bool { return target == ErrPushdown }

// verified is an exact condition of a scan, which each of its rows must satisfy.
type verified struct {
	plan.Conjunct
	predicate *dsl.Predicate
	fields    []*model.Field
}

// verifiedBy returns the conditions of a scan that rows can be held to. Those that bound
// the walk are not among them: the walk leaves out rows beyond its bounds.
func verifiedBy(scan plan.Scan, schema *model.Schema) ([]verified, error) {
	var out []verified
	for _, c := range scan.Conjuncts {
		fields := dsl.Fields(c.Node)
		unseen := func(f *model.Field) bool { return f.Returned == model.ReturnedNo }
		if c.Verdict != plan.Exact || len(c.Params) == 0 || slices.ContainsFunc(fields, unseen) {
			continue
		}
		predicate, err := dsl.Compile(c.Node, schema)
		if err != nil {
			return nil, err
		}
		out = append(out, verified{c, predicate, fields})
	}
	return out, nil
}

// shownBy reports whether the row has the condition's fields.
func (v *verified) shownBy(row model.Record) bool {
	present, ok := row.(model.PresenceRecord)
	return !slices.ContainsFunc(v.fields, func(f *model.Field) bool {
		if ok {
			return present.Presence(f.Index()) == model.Missing
		}
		return f.Returned == model.ReturnedUnknown
	})
}

// verify holds the first rows of the run to the conditions of their scan. Several
// fetches may call it at once.
func (r *Rows[T]) verify(i int, rows []T) error {
	if len(r.verified) == 0 {
		return nil
	}
	left := r.toVerify.Add(-int64(len(rows))) + int64(len(rows))
	for k := range rows[:min(int64(len(rows)), max(left, 0))] {
		record := r.source.Record(&rows[k])
		for _, v := range r.verified[i] {
			if v.shownBy(record) && !v.predicate.Match(record) {
				return r.misanswered(v, &rows[k])
			}
		}
	}
	return nil
}

// misanswered describes a row that does not satisfy a condition.
func (r *Rows[T]) misanswered(v verified, row *T) error {
	const most = 100 // characters of a value
	sent := make([]string, len(v.Params))
	for i, p := range v.Params {
		sent[i] = p.String()
	}
	values := make([]string, 0, len(v.fields))
	for _, f := range v.fields {
		text := "something else"
		if f.Through == "" && f.Type != model.TypeRef && f.Type != model.TypeRefs {
			text = display.Cut(r.source.Record(row).Value(f.Index()).String(), most)
		}
		values = append(values, f.Name+" is "+text)
	}
	return &PushdownError{r.source.ID(row), keyText(r.source, row), dsl.Format(v.Node), strings.Join(sent, "&"), strings.Join(values, ", ")}
}
