package define

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// pageNames are the parameters for the number of a page.
func pageNames() []string {
	return []string{"page", "p", "pageNumber", "page_number", "page[number]", "number"}
}

// offsetNames are the parameters for the rows to skip.
func offsetNames() []string {
	return []string{"offset", "skip", "start", "startIndex", "startAt", "$skip"}
}

// afterNames are the parameters for the key of the last row.
func afterNames() []string {
	return []string{"starting_after", "after", "after_id", "since_id", "since"}
}

// pagingGuesses are tried in turn until the engine pages by one of them: first what the
// server names, then what it takes.
func pagingGuesses() []func(*guess) (bool, error) {
	return []func(*guess) (bool, error){byLink, byPlace, byAfterFlag, byPage, byOffset, byAfter}
}

// guessPaging finds the style of paging.
func guessPaging(g *guess) error {
	g.Paging.Style = rest.Link // a page that names no other is the only one
	for _, try := range pagingGuesses() {
		found, err := try(g)
		if err != nil {
			g.noPaging()
			return err
		}
		if found {
			return nil
		}
	}
	g.noPaging()
	return nil
}

func (g *guess) noPaging() {
	if len(g.base.keys) < 2 {
		g.unknownf("paging.style", "the first answer has too few rows to try paging; link reads what one answer has")
		return
	}
	g.unknownf("paging.style", "no second page was found: tried a Link header, a next URL, tokens, %s; link reads what one answer has", strings.Join(slices.Concat(pageNames(), offsetNames()), ", "))
}

// errSame reports a second page that does not follow the first.
var errSame = errors.New("the second page does not follow the first")

// try reads two pages with the engine itself, by the draft with other paging.
func (g *guess) try(edit func(d *rest.Definition)) error {
	d := g.Definition
	edit(&d)
	pages := g.pages(d, g.trialSize())
	first, _, err := pages.next()
	if err != nil {
		return err
	}
	second, _, err := pages.next()
	if err == nil && !g.follows(first, second) {
		err = errSame
	}
	return err
}

// trialSize is the size of pages for a trial.
func (g *guess) trialSize() int { return max(g.size, 1) }

// follows reports whether the second page has the rows after the first, as far as they are known.
func (g *guess) follows(first, second []string) bool {
	if len(first) == 0 || len(second) == 0 {
		return false
	}
	if slices.ContainsFunc(second, func(k string) bool { return slices.Contains(first, k) }) {
		return false
	}
	at := slices.Index(g.truth, second[0])
	return (at < 0 || at == len(first)) && slices.Index(g.truth, first[0]) <= 0
}

// pages reads one page after the other as a run does.
type pages struct {
	g    *guess
	src  *rest.Source[model.DynamicRow]
	plan *query.Plan
	at   paginate.Request
	done bool
	err  error
}

func (g *guess) pages(d rest.Definition, size int) *pages {
	p := &pages{g: g, at: paginate.Request{Limit: size}}
	if d.Paging.Max != 0 {
		p.at.Limit = min(size, d.Paging.Max)
	}
	if p.src, p.err = rest.New(g.client, d); p.err == nil {
		p.plan, p.err = query.Prepare(p.src, "", query.PageSize(p.at.Limit))
	}
	return p
}

// errDone reports that the last page has been read.
var errDone = errors.New("there is no other page")

// next reads a page, and returns its keys and itself.
func (p *pages) next() ([]string, *view, error) {
	switch {
	case p.err != nil:
		return nil, nil, p.err
	case p.done:
		return nil, nil, errDone
	}
	request, err := p.src.Request(p.plan.Scans[0], p.at)
	if err != nil {
		return nil, nil, err
	}
	a, err := p.g.get(request.Path, request.Query)
	if err != nil {
		return nil, nil, err
	}
	page, err := p.src.Decode(request.Path, a.Response, p.at)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]string, len(page.Rows))
	for i := range page.Rows {
		keys[i] = page.Rows[i].Key().String()
	}
	p.at.Token = page.NextToken
	p.done = page.NextToken == ""
	return keys, p.g.view(a), nil
}

// acceptf keeps what a trial showed to work.
func (g *guess) acceptf(edit func(d *rest.Definition), part, format string, args ...any) {
	edit(&g.Definition)
	g.becausef(part, format, args...)
}

// verdict sorts the outcome of a trial: an error only if no further one can be made.
func (g *guess) verdict(err error) (bool, error) {
	if g.isFatal(err) {
		return false, err
	}
	return err == nil, nil
}

// byLink tries the header Link.
func byLink(g *guess) (bool, error) {
	if !hasNextLink(g.small.Header) {
		return false, nil
	}
	return g.tryLink(place{}, "the first page has a header Link with rel=next, and the second page has other rows")
}

// tryLink tries a link as it is, and below the base URL if it leads elsewhere.
func (g *guess) tryLink(p place, reason string, args ...any) (bool, error) {
	edit := func(d *rest.Definition) {
		d.Paging.Style, d.Layout.Next, d.Answer.NextHeader = rest.Link, p.path, p.header
	}
	err := g.try(edit)
	if ok, fatal := g.verdict(err); ok || fatal != nil {
		if ok {
			g.acceptf(edit, "paging.style", reason, args...)
		}
		return ok, fatal
	}
	if link := (*transport.LinkError)(nil); !errors.As(err, &link) {
		return false, nil
	}
	rebased := func(d *rest.Definition) {
		edit(d)
		d.Paging.Rebase = true
	}
	err = g.try(rebased)
	ok, fatal := g.verdict(err)
	if ok {
		g.acceptf(rebased, "paging.style", reason, args...)
		g.becausef("paging.rebase", "the links lead to another address than the base URL")
	}
	return ok, fatal
}

// byPlace tries the members and headers that look like the name of the next page.
func byPlace(g *guess) (bool, error) {
	for _, p := range g.small.places() {
		if p.url {
			if ok, err := g.tryLink(p, "%s is the URL of the next page, whose rows are others", p); ok || err != nil {
				return ok, err
			}
			continue
		}
		if ok, err := g.tryToken(p); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (g *guess) tryToken(p place) (bool, error) {
	for _, name := range paramsFor(p, slices.Concat(g.asked, g.small.hints())) {
		if name == g.Paging.Limit {
			continue
		}
		for _, alone := range []bool{false, true} {
			edit := func(d *rest.Definition) {
				d.Paging.Style, d.Paging.Token, d.Paging.Alone = rest.Token, name, alone
				d.Layout.Next, d.Answer.NextHeader = p.path, p.header
			}
			err := g.try(edit)
			ok, fatal := g.verdict(err)
			if fatal != nil {
				return false, fatal
			}
			if ok {
				g.acceptf(edit, "paging.style", "%s names the next page", p)
				g.becausef("paging.token", "the value of %s, sent as %s, brought other rows", p, name)
				g.becausef("paging.alone", "a request with other parameters beside it was refused")
				return true, nil
			}
			if !isRejected(err) {
				break // other parameters were no obstacle
			}
		}
	}
	g.unknownf("paging.token", "%s looks like the name of the next page, and no parameter took it", p)
	return false, nil
}

// numbered requests a page by a number.
func (g *guess) numbered(name, number string) (*view, error) {
	params := with(g.params, name, number)
	if g.Paging.Limit != "" {
		params.Set(g.Paging.Limit, strconv.Itoa(g.size))
	}
	return g.look(params)
}

// byPage tries the numbers of pages.
func byPage(g *guess) (bool, error) {
	if len(g.base.keys) < 2 {
		return false, nil
	}
	for _, name := range g.likely(pageNames()) {
		second, err := g.numbered(name, "2")
		if _, fatal := g.verdict(err); fatal != nil {
			return false, fatal
		}
		if err != nil || slices.Equal(second.keys, g.small.keys) {
			continue // refused, or ignored
		}
		for _, fromZero := range []bool{false, true} {
			edit := func(d *rest.Definition) {
				d.Paging.Style, d.Paging.Page, d.Paging.FromZero = rest.Page, name, fromZero
			}
			err := g.try(edit)
			ok, fatal := g.verdict(err)
			if fatal != nil {
				return false, fatal
			}
			if ok {
				g.acceptf(edit, "paging.style", "%s=2 brought the rows after the first page", name)
				if fromZero {
					g.becausef("paging.style", "%s=1 brought the rows after the first page", name)
					g.becausef("paging.from_zero", "%s=0 is the first page", name)
				}
				return true, nil
			}
		}
	}
	return false, nil
}

// byOffset tries the numbers of rows to skip.
func byOffset(g *guess) (bool, error) {
	if len(g.base.keys) < 3 || g.Paging.Limit == "" { // the engine needs both
		return false, nil
	}
	for _, name := range g.likely(offsetNames()) {
		third, err := g.numbered(name, "2")
		if _, fatal := g.verdict(err); fatal != nil {
			return false, fatal
		}
		if err != nil || len(third.keys) == 0 || third.keys[0] == g.truth[0] {
			continue // refused, or ignored
		}
		origin, row := 0, "third"
		if third.keys[0] == g.truth[1] {
			origin, row = 1, "second"
		}
		edit := func(d *rest.Definition) { d.Paging.Style, d.Paging.Skip, d.Paging.Origin = rest.Offset, name, origin }
		err = g.try(edit)
		ok, fatal := g.verdict(err)
		if ok {
			g.acceptf(edit, "paging.style", "%s=2 brought the %s row first", name, row)
		}
		if ok || fatal != nil {
			return ok, fatal
		}
	}
	return false, nil
}

// byAfterFlag tries the key of the last row where a flag says that there is more.
func byAfterFlag(g *guess) (bool, error) {
	if _, more, ok := findFlag(g.small.page, g.Layout.Rows); !ok || !more {
		return false, nil
	}
	return byAfter(g)
}

// byAfter tries the key of the last row.
func byAfter(g *guess) (bool, error) {
	if len(g.base.keys) < 2 {
		return false, nil
	}
	for _, name := range g.likely(afterNames()) {
		edit := func(d *rest.Definition) { d.Paging.Style, d.Paging.After = rest.After, name }
		err := g.try(edit)
		ok, fatal := g.verdict(err)
		if ok {
			g.acceptf(edit, "paging.style", "%s=KEY, with the key of the last row, brought the rows after it", name)
		}
		if ok || fatal != nil {
			return ok, fatal
		}
	}
	return false, nil
}

// walkPages is how many pages are read to look for the end of the listing.
const walkPages = 4

// walkOn reads on by the draft, for the rows and to see how the listing ends.
func walkOn(g *guess) error {
	p := g.pages(g.Definition, largePages()[0])
	for range walkPages {
		keys, v, err := p.next()
		flag := (*rest.FlagError)(nil)
		switch {
		case errors.As(err, &flag):
			g.Layout.HasMore, g.Layout.Done = "", ""
			g.unknownf("layout.has_more", "%s contradicts what names the next page, so that it is left out", shown(flag.Flag))
			return nil
		case errors.Is(err, errDone):
			return nil
		case g.isFatal(err):
			return err
		case err != nil:
			g.unknownf("paging.style", "a later page failed: %s", shown(fmt.Sprint(err)))
			return nil
		case len(keys) == 0 && !p.done && (g.Paging.Style == rest.Token || g.Paging.Style == rest.Link) && v.namesNext():
			g.Paging.EmptyLast = true
			g.becausef("paging.empty_last", "a page without rows names a next one")
			return nil
		}
	}
	return nil
}
