package main

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/answer"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/cmd/muster/internal/shell"
)

// settings are the flags that can change between two filters. Each is checked as a
// flag is.
func (c *shellCmd) settings(env *environment, res resource.Resource) []shell.Setting {
	change := func(set func() error) error { return c.change(env, res, set) }
	return []shell.Setting{
		{
			Name: "limit", Argument: "N", Help: "most rows to show; 0 = all",
			Get: func() string { return strconv.FormatInt(c.Limit, 10) },
			Set: func(value string) error {
				return change(func() (err error) { c.Limit, err = number(value); return err })
			},
		},
		{
			Name: "select", Argument: "FIELD,…", Help: "fields to show besides the id; basic = the default", Fields: true, Stars: true, Values: []string{basicFields},
			Get: func() string { return cmp.Or(strings.Join(c.Select, ","), basicFields) },
			Set: func(value string) error {
				return change(func() error { c.Select = list(value, basicFields); return nil })
			},
		},
		{
			Name: "sort", Argument: "KEY,…", Help: "order, such as name,-id; none = as they arrive", Fields: true, Values: []string{noOrder, usualOrder},
			Get: func() string { return cmp.Or(c.Sort, usualOrder) },
			Set: func(value string) error {
				return change(func() error { c.Sort = strings.Join(list(value, usualOrder), ","); return nil })
			},
		},
		choice("deleted", "WHICH", "deleted rows:", &c.Deleted, "none", "only", "include"),
		choice("format", "FORMAT", "how rows are written:", &c.Format, "table", "ndjson", "json", "csv"),
	}
}

// The words for an empty setting.
const (
	basicFields = "basic"
	usualOrder  = "usual"
)

// choice is a setting that is one of a few words.
func choice(name, argument, help string, value *string, words ...string) shell.Setting {
	return shell.Setting{
		Name: name, Argument: argument, Help: help + " " + strings.Join(words, ", "), Values: words,
		Get: func() string { return *value },
		Set: func(word string) error {
			if !slices.Contains(words, word) {
				return errors.New("must be one of " + strings.Join(words, ", "))
			}
			*value = word
			return nil
		},
	}
}

// change changes a setting, and changes it back if nothing can be planned with it.
func (c *shellCmd) change(env *environment, res resource.Resource, set func() error) error {
	before := c.shapeFlags
	err := set()
	if err == nil {
		_, err = c.plan(env, res, "", answer.Show)
	}
	if err != nil {
		c.shapeFlags = before
	}
	return err
}

func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, errors.New("must be a number, 0 or more")
	}
	return n, nil
}

// list splits words at commas and blanks. The word none stands for no words.
func list(text, none string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(words) == 1 && words[0] == none {
		return nil
	}
	return words
}
