package define

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// keyNames are what servers call keys, the surest first. A star stands for anything.
func keyNames() []string {
	return []string{
		"id", "_id", "uuid", "guid", "key", "sys_id", "gid", "node_id", "*_uuid", "*_id", "*id",
		"code", "sku", "slug", "number", "login", "handle", "username", "email", "name", "iban",
	}
}

// key is the field that tells rows apart.
type key struct {
	path   string
	typ    model.Type
	reason string
}

// findKey returns the member that can be the key of the rows: a number from 1 or a text in
// each row, and different in each.
func findKey(rows []value, resource string) (key, error) {
	candidates := keyCandidates("", rows, 0)
	rank := func(path string) int { return keyRank(path, resource) }
	var best *key
	var tried []string
	for _, c := range candidates {
		typ, reason := judgeKey(c.path, rows)
		if reason != "" {
			if rank(c.path) < notKey {
				tried = append(tried, shown(c.path)+" "+reason)
			}
			continue
		}
		if best == nil || rank(c.path) < rank(best.path) {
			best = &key{c.path, typ, ""}
		}
	}
	switch {
	case best == nil && len(tried) > 0:
		return key{}, fmt.Errorf("no member of the rows can be their key: %s", strings.Join(tried[:min(len(tried), 5)], ", "))
	case best == nil:
		return key{}, fmt.Errorf("no member of the rows can be their key: none is a text or a whole number that differs from row to row; a row has %s", names(rows[0]))
	case len(rows) == 1 && rank(best.path) >= notKey:
		return key{}, fmt.Errorf("one row does not show its key, and no member has a key's name; a row has %s", names(rows[0]))
	case len(rows) == 1:
		best.reason = "by its name alone: there is one row"
	case rank(best.path) >= notKey:
		best.reason = fmt.Sprintf("a guess: it differs in all %d rows, and its name is no key's", len(rows))
	default:
		best.reason = fmt.Sprintf("it differs in all %d rows", len(rows))
	}
	return *best, nil
}

// notKey is the rank of a name that does not look like a key's.
const notKey = 1000

// keyRank says how sure the name of a path is a key's: the less, the surer.
func keyRank(path, resource string) int {
	path = strings.ToLower(path)
	last, depth := path[strings.LastIndexByte(path, '.')+1:], strings.Count(path, ".")
	one := singular(strings.ToLower(resource))
	if last == one+"_id" || last == one+"id" {
		return 100*depth + 1
	}
	for i, pattern := range keyNames() {
		ending, star := strings.CutPrefix(pattern, "*")
		if last == pattern || star && strings.HasSuffix(last, ending) {
			return 100*depth + 2*i
		}
	}
	return notKey + depth
}

// keyDepth is how many members lead to a key at most.
const keyDepth = 2

// keyCandidates returns the members of the first row, and of the objects in it, that are texts or numbers.
func keyCandidates(prefix string, rows []value, depth int) (all []key) {
	for _, m := range rows[0].members {
		path := join(prefix, m.name)
		switch m.kind {
		case text, number:
			all = append(all, key{path: path})
		case object:
			if depth+1 < keyDepth {
				all = append(all, keyCandidates(path, []value{m.value}, depth+1)...)
			}
		case null, boolean, list:
		}
	}
	return all
}

// judgeKey returns the type of the member as a key, or why it is none.
func judgeKey(path string, rows []value) (typ model.Type, reason string) {
	seen := make(map[string]bool, len(rows))
	for i, row := range rows {
		v, ok := row.at(path)
		of := model.TypeString
		switch {
		case !ok || v.kind == null:
			return typ, "is missing in a row"
		case v.kind == text && v.text == "":
			return typ, "is empty in a row"
		case v.kind == text:
		case v.kind == number:
			of = model.TypeInt
			if n, err := strconv.ParseInt(v.text, 10, 64); err != nil || n < 1 {
				return typ, "is a number that is not a whole one from 1 up"
			}
		default:
			return typ, "is not a text or a number in a row"
		}
		if i > 0 && of != typ {
			return typ, "is a text here and a number there"
		}
		typ = of
		if seen[v.text] {
			return typ, "is the same in two rows"
		}
		seen[v.text] = true
	}
	return typ, ""
}

// singular is the name of one row: "user" for "users", "entry" for "entries".
func singular(resource string) string {
	if stem, ok := strings.CutSuffix(resource, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(resource, "s")
}

// keys returns the keys of rows, as texts.
func (k key) keys(rows []value) []string {
	all := make([]string, 0, len(rows))
	for _, row := range rows {
		v, _ := row.at(k.path)
		all = append(all, v.text)
	}
	return all
}
