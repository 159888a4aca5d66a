package rest

import (
	"bytes"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// FailureError reports an answer with a status 2xx whose body says that the request
// failed.
type FailureError struct {
	Said   string // the server's words, on one line of bounded length without the token
	Passes bool   // the definition says that such a failure passes: [Answer.Retry]
}

// Error returns the server's words.
func (e *FailureError) Error() string {
	text := "the server reports a failure in an answer that has the status of a success: " + e.Said
	if !e.Passes {
		text += "; if it passes, name its text in layout.retry"
	}
	return text
}

// failure returns the failure that an answer reports; nil if there is none, and then an
// untyped nil. The page is nil if the body could not be decoded as one.
func (s *Source[T]) failure(page *model.Page[T], body []byte) error {
	l := s.listing
	var raw []byte
	switch {
	case page == nil:
		raw = errorBody(body, false)
	case l.Layout.OK != "" || l.Layout.Error != "":
		raw = declaredFailure(page.Told)
		if raw == nil && page.Told.NoRows {
			raw = errorBody(body, l.saysNothing(page.Told))
		}
	case page.Told.NoRows && errorBody(body, l.saysNothing(page.Told)) != nil:
		raw = body
	default:
		raw = l.undeclaredFailure(page.Unknown(), len(page.Rows), body)
	}
	if raw == nil {
		return nil
	}
	e := &FailureError{Said: s.client.Said(raw)}
	e.Passes = slices.ContainsFunc(l.Answer.Retry, func(text string) bool {
		return strings.Contains(strings.ToLower(e.Said), strings.ToLower(text))
	})
	return e
}

// declaredFailure returns the words of a failure by the members that are declared for it;
// nil if the page reports none.
func declaredFailure(told model.Told) []byte {
	switch ok, known := succeeded(told.OK); {
	case known && ok:
		return nil
	case isSaid(told.Error):
		return told.Error
	case known:
		return told.OK
	}
	return nil
}

// succeeded reads the member that says whether a request succeeded: true, 1 or a status
// of success, as a number or as a text; everything else but null is a failure.
func succeeded(raw jsontext.Value) (ok, known bool) {
	if raw == nil || raw.Kind() == jsontext.KindNull {
		return false, false
	}
	text := strings.ToLower(strings.Trim(string(raw), `"`))
	if n, err := strconv.Atoi(text); err == nil {
		return n == 1 || 200 <= n && n < 300, true
	}
	return slices.Contains([]string{"true", "ok", "success", "successful", "succeeded", "complete", "completed"}, text), true
}

// isSaid reports whether a member of an error has one: anything in it but null, false, 0
// and the empty text.
func isSaid(raw jsontext.Value) bool {
	json := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		t, err := json.ReadToken()
		if err != nil {
			return false // the end
		}
		kind, n := json.StackIndex(json.StackDepth())
		isName := kind == jsontext.KindBeginObject && n%2 == 1
		switch t.Kind() {
		case jsontext.KindString, jsontext.KindNumber:
			if text := t.String(); !isName && text != "" && text != "0" {
				return true
			}
		case jsontext.KindTrue:
			return true
		case jsontext.KindNull, jsontext.KindFalse, jsontext.KindBeginObject, jsontext.KindEndObject, jsontext.KindBeginArray, jsontext.KindEndArray:
		}
	}
}

// saysNothing reports whether a page without rows has no member of the layout either.
func (l *listing) saysNothing(told model.Told) bool {
	flag, _ := l.flag()
	return (l.Layout.Next == "" || told.NoNext) && (l.Layout.Total == "" || told.NoTotal) && (flag == "" || told.NoFlag)
}

// undeclaredFailure returns the body if it reports a failure in a usual way: beside no
// rows by an error, or by a flag or status of failure; beside rows by the errors of GraphQL,
// whose data are then incomplete.
func (l *listing) undeclaredFailure(page iter.Seq2[string, []byte], rows int, body []byte) []byte {
	graphQL := strings.HasPrefix(l.Layout.Rows, "data.")
	for name, raw := range page {
		failed := false
		switch name {
		case "errors":
			failed = isSaid(raw) && (rows == 0 || graphQL)
		case "error":
			failed = isSaid(raw) && rows == 0
		case "ok", "success":
			ok, known := succeeded(raw)
			failed = known && !ok && rows == 0
		case "status":
			text := strings.ToLower(strings.Trim(string(raw), `"`))
			code, _ := strconv.Atoi(text)
			failed = (slices.Contains([]string{"error", "fail", "failed", "failure"}, text) || 400 <= code && code < 600) && rows == 0
		}
		if failed {
			return body
		}
	}
	return nil
}

// errorBody returns the body if it is an object that has the words of an error and, unless
// others is set, nothing besides what comes with them.
func errorBody(body []byte, others bool) []byte {
	json := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := json.ReadToken(); err != nil || t.Kind() != jsontext.KindBeginObject {
		return nil
	}
	worded := false
	for json.PeekKind() == jsontext.KindString {
		t, _ := json.ReadToken()
		name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(t.String()))
		value, err := json.ReadValue()
		if err != nil {
			return nil
		}
		switch name {
		case "error", "errors", "message", "msg", "errmsg", "errormessage", "errordescription", "detail", "fault", "reason", "title":
			worded = worded || isSaid(value)
		case "ok", "success", "status", "statuscode", "code", "errcode", "errorcode", "type", "instance", "details", "timestamp", "path",
			"requestid", "traceid", "documentationurl", "helpurl", "moreinfo":
		default:
			if !others {
				return nil
			}
		}
	}
	if !worded {
		return nil
	}
	return body
}
