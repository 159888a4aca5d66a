package rest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/paginate"
)

// told is what an answer says of the page after it.
type told struct {
	rows    int
	flagged bool   // it has a flag, which says whether there is more
	more    bool   // what the flag says
	next    string // the page that it names; "" = none
	last    string // with After: the key of the last row; "" = there are no rows
}

// next returns the name of the page after that of r; "" = there is none. A page after an
// empty one, a flag that contradicts the name, and a page that cannot be named are told
// apart here; guessed means that the answer does not say that the page exists.
func (l *listing) next(r paginate.Request, t told) (token string, guessed bool, err error) {
	paging := &l.Definition.Paging
	flag, follows := l.flag() // a flag that is true at the end is made for pages that name a next one all the same
	switch {
	case t.rows == 0 && paging.EmptyLast:
		return "", false, nil
	case t.flagged && !t.more && t.next != "" && follows && paging.Style != After && !l.Answer.NextOnLast:
		return "", false, &FlagError{Resource: l.Name, Flag: flag, Next: t.next}
	case t.flagged && !t.more:
		return "", false, nil
	}
	more := t.flagged || t.next != ""
	switch paging.Style {
	case After:
		token = t.last
	case Page:
		if guessed = !more; t.rows > 0 || more {
			token = l.after(r)
		}
	case Offset:
		step := t.rows
		if step == 0 && t.next != "" {
			step = r.Limit // the server filters a window after it is cut
		}
		if guessed = !more; step > 0 {
			skipped, _ := strconv.Atoi(r.Token) // this function wrote it; "" is 0
			token = strconv.Itoa(skipped + step)
		}
	case Token, Link:
		token = t.next
	case Keyset, Forward:
	}
	if more && token == "" && paging.Style != Keyset && paging.Style != Forward {
		return "", false, &NoNextError{Resource: l.Name, Flag: cmp.Or(flag, l.nextPlace()), Value: follows, Where: l.wherePage()}
	}
	return token, guessed, nil
}

// follows reports whether a page names the next one, perhaps by its last row.
func (l *listing) follows() bool {
	return slices.Contains([]Style{After, Token, Link}, l.Definition.Paging.Style)
}

// wherePage says where a page names the next one.
func (l *listing) wherePage() string {
	declared := l.nextPlace()
	switch {
	case slices.Contains([]Style{After, Offset, Page}, l.Definition.Paging.Style) && declared == "":
		return "a last row"
	case l.Definition.Paging.Style != Link:
		return declared
	case declared == "":
		return "a Link header with rel=next"
	}
	return "a Link header with rel=next or " + declared
}

// absolute resolves a link against the URL of its page and removes the token that a
// server repeats in it, for links are kept in checkpoints.
func (l *listing) absolute(base, path, link string) string {
	if link == "" {
		return ""
	}
	page, err := url.Parse(base + path)
	if err != nil {
		return link
	}
	target, err := page.Parse(link)
	if err != nil {
		return link // following it fails and says why
	}
	if l.Definition.Paging.Rebase {
		rebase(target, base)
	}
	if own := l.Auth.Query; own != "" {
		target.RawQuery = strings.ReplaceAll(target.RawQuery, ";", "%3B") // see transport.Client.ResolveNext
		if q := target.Query(); q.Has(own) {
			q.Del(own)
			target.RawQuery = q.Encode()
		}
	}
	return target.String()
}

// rebase puts the path of a link below the base URL, unless it is there already.
func rebase(link *url.URL, base string) {
	root, err := url.Parse(base)
	if err != nil {
		return
	}
	link.Scheme, link.Host, link.User = root.Scheme, root.Host, nil
	if !strings.HasPrefix(link.Path, root.Path+"/") {
		link.Path, link.RawPath = root.Path+link.Path, root.EscapedPath()+link.EscapedPath()
	}
}
