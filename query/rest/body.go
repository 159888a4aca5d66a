package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// body decodes the body of an answer. An answer without content is a page without rows. If
// mend is set, text that is not UTF-8 is replaced; the number says how much was. It returns the
// text that was decoded, too.
func (s *Source[T]) body(ctx context.Context, resp *transport.Response, r paginate.Request, mend bool) (page *model.Page[T], text []byte, replaced int, err error) {
	if resp.Status == http.StatusNoContent {
		return &model.Page[T]{Rows: []T{}, Included: new(model.Included), Told: model.Told{NoFlag: true}}, nil, 0, nil
	}
	text = unicodeText(resp)
	page, err = s.rows(ctx, text, r)
	if err == nil || !errors.Is(err, model.ErrMalformed) {
		return page, text, 0, err
	}
	if mend && !s.listing.Answer.RefuseBrokenText {
		text, replaced = model.MendText(text)
	}
	if last, malformed := model.KeepLastMembers(text, model.Until(ctx)); s.listing.Answer.LastMember && malformed == nil {
		text = last
	}
	page, err = s.rows(ctx, text, r)
	if err == nil && replaced > 0 {
		err = s.checkMended(page)
	}
	if name := otherEncoding(resp.Body); name != "" && errors.Is(err, model.ErrMalformed) {
		if malformed, ok := errors.AsType[*model.DecodeError](err); ok {
			malformed.Err = fmt.Errorf("the body is in %s (its first bytes are % x), and JSON must be in UTF-8: have the server, or the proxy before it, send that: %w", name, resp.Body[:min(4, len(resp.Body))], malformed.Err)
		}
	}
	return page, text, replaced, err
}

// rows decodes a page, whatever the shape of its rows.
func (s *Source[T]) rows(ctx context.Context, text []byte, r paginate.Request) (*model.Page[T], error) {
	text, err := s.listing.shaped(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.codec.Decode(text, s.listing.maxRows(r), model.Until(ctx), model.Into(s.spare.take()))
}

// otherEncoding names the encoding of a body that begins as JSON in UTF-16 or UTF-32 does:
// with a byte order mark, or with zeros beside its first character, which is an ASCII one.
func otherEncoding(body []byte) string {
	var head [4]byte
	for i := range head {
		head[i] = 1 // neither a zero nor a mark, in place of what a short body lacks
	}
	copy(head[:], body)
	zeros := [4]bool{head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0}
	switch mark := string(head[:]); {
	case mark == "\xff\xfe\x00\x00", mark == "\x00\x00\xfe\xff", zeros == [4]bool{false, true, true, true}, zeros == [4]bool{true, true, true, false}:
		return "UTF-32"
	case mark[:2] == "\xff\xfe", mark[:2] == "\xfe\xff", zeros[0] != zeros[1]:
		return "UTF-16"
	}
	return ""
}

// checkMended refuses a page if U+FFFD stands in what identifies a row or the next page:
// two that were different could be the same now.
func (s *Source[T]) checkMended(page *model.Page[T]) error {
	const broken = "\ufffd"
	if strings.Contains(page.Next, broken) {
		return fmt.Errorf("%w: the name of the next page is not UTF-8: %q", query.ErrAnswer, page.Next)
	}
	for i := range page.Rows {
		if key := s.keyText(&page.Rows[i]); strings.Contains(key, broken) {
			return fmt.Errorf("%w: the key of a row is not UTF-8: %q", query.ErrAnswer, key)
		}
	}
	return nil
}

// unicodeText returns the body in UTF-8 without a byte order mark, which RFC 8259,
// section 8.1, allows to ignore. Of the charsets that a Content-Type names it reads those
// that browsers read as windows-1252. A body that is UTF-8 is that: servers declare
// Latin-1 by default.
func unicodeText(resp *transport.Response) []byte {
	body := bytes.TrimPrefix(resp.Body, []byte("\ufeff"))
	_, params, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if !slices.Contains([]string{"iso-8859-1", "latin1", "windows-1252", "cp1252"}, strings.ToLower(params["charset"])) || utf8.Valid(body) {
		return body
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, b := range body {
		out = utf8.AppendRune(out, windows1252(b))
	}
	return out
}

// windows1252 returns the character of a byte. The five bytes without one are controls.
// See https://encoding.spec.whatwg.org/index-windows-1252.txt
func windows1252(b byte) rune {
	if b < 0x80 || b > 0x9f {
		return rune(b)
	}
	return [...]rune{
		'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
		0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
	}[b-0x80]
}

// total returns how many rows there are on all pages; -1 if the answer does not say so.
func (l *listing) total(meta model.Meta, header http.Header) (int64, error) {
	text := strings.TrimSpace(header.Get(l.Answer.TotalHeader))
	if l.Answer.TotalHeader == "" || text == "" {
		return meta.Count.Or(-1), nil
	}
	text = text[strings.LastIndexByte(text, '/')+1:] // Content-Range: items 0-24/319
	if text == "*" {
		return -1, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1, fmt.Errorf("%w: the header %s is %.60q, and a number of rows was expected", query.ErrAnswer, l.Answer.TotalHeader, text)
	}
	return n, nil
}

// missing names what the definition says that pages tell and this one does not; named says
// that it tells what follows, or need not.
func (l *listing) missing(told model.Told, header http.Header, named bool) (names []string) {
	lacks := func(no bool, name string) bool { return no || name != "" && header.Get(name) == "" }
	if !named && lacks(told.NoNext, l.Answer.NextHeader) {
		names = append(names, "next ("+l.nextPlace()+")")
	}
	if lacks(told.NoTotal, l.Answer.TotalHeader) {
		names = append(names, "total ("+l.totalPlace()+")")
	}
	return names
}

// untold is what is missing from an answer that is not a page of the listing.
func (l *listing) untold() []string {
	style := l.Definition.Paging.Style
	return l.missing(model.Told{NoNext: l.Layout.Next != "", NoTotal: l.Layout.Total != ""}, nil, style != Token && style != Link)
}

// mayLackRows reports whether a page without the list of rows is one without rows. It is if
// an earlier page was accepted, which showed that the list is where it should be.
func (l *listing) mayLackRows(meta model.Meta, header http.Header, r paginate.Request) bool {
	total, err := l.total(meta, header)
	return r.Later || r.Token != "" || l.Answer.RowsAbsent || err == nil && total == 0
}

// NoRowsError reports a page without the member that should have its rows: to take it for
// a page without rows could lose them. It matches [model.ErrUnexpected].
type NoRowsError struct {
	Rows    string   // the member
	Members []string // those that the page has
}

// Error says what is missing, what is there, and what to declare.
func (e *NoRowsError) Error() string {
	others := "nor any other member"
	if len(e.Members) > 0 {
		others = "but " + strings.Join(e.Members, ", ")
	}
	return fmt.Sprintf("it has no %s, where its rows should be, %s; if a page without rows leaves it out, declare layout.rows_absent: empty", e.Rows, others)
}

// Is reports whether target is [model.ErrUnexpected].
func (*NoRowsError) Is(target error) bool { return target == model.ErrUnexpected }

// The most members that an error lists, and the most characters of each.
const (
	maxMembers = 20
	maxMember  = 60
)

// members returns the quoted names of an object's members, and of those inside the
// members that path leads into. It lists no more than maxMembers.
func members(body []byte, path string) (names []string) {
	json := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := json.ReadToken(); err != nil || t.Kind() != jsontext.KindBeginObject {
		return nil
	}
	for json.PeekKind() == jsontext.KindString && len(names) < maxMembers {
		t, _ := json.ReadToken()
		name := t.String()
		value, err := json.ReadValue()
		if err != nil {
			break
		}
		if inner, within := strings.CutPrefix(path, name+"."); within {
			for _, n := range members(value, inner) {
				names = append(names, name+"."+n)
			}
			continue
		}
		names = append(names, fmt.Sprintf("%.*s", maxMember, name))
	}
	return names[:min(len(names), maxMembers)]
}
