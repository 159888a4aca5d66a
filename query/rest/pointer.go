package rest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// end is the token of a pointer that stands for the place behind the last element of a
// list (RFC 6901, section 4).
const end = "-"

// errScalar reports a pointer that leads into a scalar.
var errScalar = errors.New("it leads into a value that is neither an object nor a list")

// pointer returns the tokens of a JSON pointer.
func pointer(text string) ([]string, error) {
	tokens := strings.Split(text, "/")[1:]
	for i, t := range tokens {
		if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(t), "~") {
			return nil, fmt.Errorf("%q has a ~ that is neither ~0, for ~, nor ~1, for a slash", text)
		}
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens, nil
}

// at returns the value at a place of a tree; nil if there is none.
func at(tree any, tokens []string) any {
	for _, t := range tokens {
		switch node := tree.(type) {
		case map[string]any:
			tree = node[t]
		case []any:
			i, err := index(t, len(node))
			if err != nil || i == len(node) {
				return nil
			}
			tree = node[i]
		default:
			return nil
		}
	}
	return tree
}

// index returns the element of a list of n that a token names; n itself for its end.
func index(token string, n int) (int, error) {
	if token == end {
		return n, nil
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i > n || strconv.Itoa(i) != token {
		return 0, fmt.Errorf("the body has a list of %d elements there, and %q is none of them: write its number, or - for one more", n, token)
	}
	return i, nil
}

// put returns a copy of a tree with a value at a place. Parents that are missing become
// objects, and lists before [end].
func put(tree any, tokens []string, value any) (any, error) {
	if len(tokens) == 0 {
		return value, nil
	}
	first, rest := tokens[0], tokens[1:]
	if tree == nil && first == end {
		tree = []any{}
	}
	switch node := tree.(type) {
	case nil:
		inner, err := put(nil, rest, value)
		return map[string]any{first: inner}, err
	case map[string]any:
		inner, err := put(node[first], rest, value)
		if err != nil {
			return nil, err
		}
		out := make(map[string]any, len(node)+1)
		maps.Copy(out, node)
		out[first] = inner
		return out, nil
	case []any:
		i, err := index(first, len(node))
		if err != nil {
			return nil, err
		}
		node = slices.Clone(node)
		if i == len(node) {
			node = append(node, nil)
		}
		node[i], err = put(node[i], rest, value)
		return node, err
	}
	return nil, errScalar
}
