package main

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/shell"
)

// settings are the flags that can be changed between two filters, each checked as
// a flag is.
func (a *asker) settings() []shell.Setting {
	c := a.cmd
	return []shell.Setting{
		{
			Name: "limit", Argument: "N", Help: "most rows to show; 0 = all",
			Get: func() string { return strconv.FormatInt(c.Limit, 10) },
			Set: func(value string) error {
				return a.change(func() (err error) { c.Limit, err = number(value); return err })
			},
		},
		{
			Name: "select", Argument: "FIELD,…", Help: "fields to show besides the id; basic = the usual", Fields: true, Stars: true, Values: []string{basicFields},
			Get: func() string { return cmp.Or(strings.Join(c.Select, ","), basicFields) },
			Set: func(value string) error {
				return a.change(func() error { c.Select = list(value, basicFields); return nil })
			},
		},
		{
			Name: "sort", Argument: "KEY,…", Help: "order, such as name,-id; none = as they come", Fields: true, Values: []string{noOrder, usualOrder},
			Get: func() string { return cmp.Or(c.Sort, usualOrder) },
			Set: func(value string) error {
				return a.change(func() error { c.Sort = strings.Join(list(value, usualOrder), ","); return nil })
			},
		},
		a.choice("deleted", "WHICH", "deleted rows:", &c.Deleted, "none", "only", "include"),
		a.choice("format", "FORMAT", "how rows are written:", &c.Format, "table", "ndjson", "json", "csv"),
	}
}

// The words for a setting that is empty.
const (
	basicFields = "basic"
	usualOrder  = "usual"
)

// choice is a setting that is one of a few words.
func (a *asker) choice(name, argument, help string, value *string, words ...string) shell.Setting {
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

// change changes a setting, and changes it back where no plan can be made with it.
func (a *asker) change(set func() error) error {
	before := a.cmd.shapeFlags
	err := set()
	if err == nil {
		_, err = a.cmd.rows("").plan(a.env, a.res)
	}
	if err != nil {
		a.cmd.shapeFlags = before
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

// list is words parted by commas or blanks; none for the word that stands for it.
func list(text, none string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(words) == 1 && words[0] == none {
		return nil
	}
	return words
}
