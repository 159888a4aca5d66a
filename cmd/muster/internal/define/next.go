package define

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/query/rest"
)

// linkNames are members that hold the URL of the next page, as [plain] has them.
func linkNames() []string {
	return []string{"next", "nextlink", "odata.nextlink", "nexturl", "nextpage", "nextpageurl", "nextpagelink", "nexthref", "nexturi", "nextrecordsurl", "href"}
}

// tokenMembers are members that hold the token of the next page, as [plain] has them.
func tokenMembers() []string {
	return []string{
		"nextpagetoken", "nextcursor", "nexttoken", "nextcontinuationtoken", "nextpagecursor", "nextpage", "next", "nextmarker", "nextkey", "nextid", "nextafter",
		"nextoffset", "nextstart", "continuationtoken", "continuation", "cursor", "endcursor", "after", "pagetoken", "paginationtoken", "scrollid", "bookmark", "marker", "token",
	}
}

// tokenNames are parameters that take such a token, beside the member's own name.
func tokenNames() []string {
	return []string{"page_token", "pageToken", "cursor", "after", "starting_after", "token", "next", "continuation_token", "continuationToken", "continuation", "bookmark", "marker"}
}

// place is where a page names the next one.
type place struct {
	path   string // a member, or
	header string // a header
	url    bool   // it has a URL, and not a token
}

func (p place) String() string {
	if p.header != "" {
		return "the header " + shown(p.header)
	}
	return "the member " + shown(p.path)
}

// nextPlaces returns the places of an answer that look like the name of the next page.
func nextPlaces(page value, header http.Header, rows string) (all []place) {
	if rows != "" || page.kind == object {
		for _, l := range leavesOf(page, rows) {
			switch isURL := looksLikeURL(l.text); {
			case l.text == "" || l.kind != text && l.kind != number || rows == "":
			case isURL && slices.Contains(linkNames(), l.name()) && (l.name() != "href" || strings.HasSuffix(l.path, "next.href")):
				all = append(all, place{path: l.path, url: true})
			case !isURL && slices.Contains(tokenMembers(), l.name()) && (l.kind == text || strings.HasPrefix(l.name(), "next")):
				all = append(all, place{path: l.path})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		lower, text := strings.ToLower(name), header.Get(name)
		words := strings.Contains(lower, "next") || strings.Contains(lower, "continuation") || strings.Contains(lower, "cursor")
		if words && text != "" && !strings.Contains(lower, "nonce") {
			all = append(all, place{header: name, url: looksLikeURL(text)})
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { // a URL needs no guess about parameters
		switch {
		case a.url == b.url:
			return 0
		case a.url:
			return -1
		}
		return 1
	})
	return all
}

func looksLikeURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "?")
}

// hasNextLink reports whether a header Link may have the next page.
func hasNextLink(header http.Header) bool {
	return slices.ContainsFunc(header.Values("Link"), func(l string) bool {
		return strings.Contains(strings.ToLower(l), "rel=\"next\"") || strings.Contains(strings.ToLower(l), "rel=next")
	})
}

// namesNext reports whether a page names another.
func (v *view) namesNext() bool {
	if hasNextLink(v.Header) || len(v.places()) > 0 {
		return true
	}
	_, more, ok := findFlag(v.page, v.path)
	return ok && more
}

func (v *view) places() []place { return nextPlaces(v.page, v.Header, v.path) }

// hints returns the names that the server uses in the URLs of other pages, and the names
// of members, such as per_page.
func (v *view) hints() (all []string) {
	links := v.Header.Values("Link")
	for _, l := range leavesOf(v.page, v.path) {
		all = append(all, l.path[strings.LastIndexByte(l.path, '.')+1:])
		if l.kind == text && looksLikeURL(l.text) {
			links = append(links, "<"+l.text+">")
		}
	}
	for _, link := range links {
		_, query, _ := strings.Cut(link, "?")
		query, _, _ = strings.Cut(query, ">")
		if values, err := url.ParseQuery(query); err == nil {
			all = append(all, slices.Sorted(maps.Keys(values))...)
		}
	}
	return all
}

// paramsFor returns the parameters that may take a token, the likeliest first.
func paramsFor(p place, hinted []string) []string {
	name := strings.TrimPrefix(strings.ToLower(p.header), "x-")
	name = strings.ReplaceAll(name, "-", "_")
	if p.path != "" {
		name = p.path[strings.LastIndexByte(p.path, '.')+1:]
	}
	all := []string{name}
	for _, prefix := range []string{"next_", "next", "end_", "end"} {
		if stem, ok := strings.CutPrefix(name, prefix); ok && stem != "" {
			all = append(all, strings.ToLower(stem[:1])+stem[1:])
			break
		}
	}
	for _, known := range slices.Concat(tokenNames(), pageNames(), offsetNames()) {
		if slices.Contains(hinted, known) {
			all = append(all, known)
		}
	}
	all = append(all, tokenNames()...)
	all = append(all, "page", "offset", "start")
	var once []string
	for _, n := range all {
		if !slices.Contains(once, n) && rest.CheckText(n, false) == nil {
			once = append(once, n)
		}
	}
	return once
}
