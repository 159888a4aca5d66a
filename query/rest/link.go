package rest

import "strings"

// nextLink returns the target of the link to the next page in Link headers (RFC 8288,
// section 3); "" if there is none. A target and a quoted parameter may have commas and
// semicolons, and a link several relations.
func nextLink(headers []string) string {
	for _, header := range headers {
		for s := (linkScanner{header}); s.skip("<"); {
			target := s.until(">")
			s.skip(">")
			next, known := false, false
			for s.skip(";") {
				name, value := s.param()
				if strings.EqualFold(name, "rel") && !known { // only the first counts
					next, known = hasRelation(value, "next"), true
				}
			}
			if next {
				return target
			}
		}
	}
	return ""
}

func hasRelation(rel, wanted string) bool {
	for name := range strings.FieldsSeq(rel) {
		if strings.EqualFold(name, wanted) {
			return true
		}
	}
	return false
}

// linkScanner reads a header from its front.
type linkScanner struct{ rest string }

// skip moves past a delimiter and the white space before it, and before a link also past
// empty elements of the list; false if something else follows.
func (s *linkScanner) skip(delimiter string) bool {
	before := " \t"
	if delimiter == "<" {
		before = " \t,"
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(s.rest, before), delimiter)
	if ok {
		s.rest = rest
	}
	return ok
}

// until returns the text up to the first of the bytes in ends, or to the end.
func (s *linkScanner) until(ends string) string {
	i := strings.IndexAny(s.rest, ends)
	if i < 0 {
		i = len(s.rest)
	}
	text := s.rest[:i]
	s.rest = s.rest[i:]
	return text
}

// param reads name=value, name="value" or a name alone.
func (s *linkScanner) param() (name, value string) {
	name = strings.TrimSpace(s.until("=;,"))
	switch {
	case !s.skip("="):
	case s.skip(`"`):
		value = s.quoted()
		s.until(";,")
	default:
		value = strings.TrimSpace(s.until(";,"))
	}
	return name, value
}

// quoted reads up to the closing quote; a backslash makes the next byte literal.
func (s *linkScanner) quoted() string {
	var b strings.Builder
	for {
		b.WriteString(s.until(`"\`))
		if !strings.HasPrefix(s.rest, `\`) || len(s.rest) < 2 {
			s.skip(`"`)
			return b.String()
		}
		b.WriteByte(s.rest[1])
		s.rest = s.rest[2:]
	}
}
