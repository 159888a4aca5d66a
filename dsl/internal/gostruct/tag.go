package gostruct

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/muster-go/muster/model"
)

// tagName is the key of the struct tag.
const tagName = "filter"

// tag is what the tag of a struct's field says.
type tag struct {
	name     string
	set      bool // there is one
	skip     bool // it is "-"
	nullable bool
	decimal  bool
	collated bool
	// collation counts if collated.
	collation model.Collation
	keys      []string // of a map
}

// readTag reads the tag of a field. Options without a name are an error only to who needs
// the name.
func readTag(sf reflect.StructField, jsonNames bool) (tag, error) {
	text, set := sf.Tag.Lookup(tagName)
	t := tag{set: set, skip: text == "-"}
	if t.skip {
		return t, nil
	}
	name, options, _ := strings.Cut(text, ",")
	t.name = name
	if jsonNames && t.name == "" && !sf.Anonymous {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		t.skip = name == "-" && !set
		if t.name = name; name == "" {
			t.name = sf.Name
		}
		t.set = true
	}
	var errs []error
	for option := range strings.SplitSeq(options, ",") {
		if set && option != "" {
			errs = append(errs, t.option(option))
		}
	}
	return t, errors.Join(errs...)
}

func (t *tag) option(text string) error {
	key, value, _ := strings.Cut(text, "=")
	switch {
	case text == "nullable":
		t.nullable = true
	case text == "decimal":
		t.decimal = true
	case key == "keys":
		t.keys = strings.Split(value, "|")
	case key == "collation":
		for _, c := range []model.Collation{model.Binary, model.CI, model.Case} {
			if c.String() == value {
				t.collated, t.collation = true, c
				return nil
			}
		}
		return fmt.Errorf("unknown collation %q: it is binary, ci or case", value)
	default:
		return fmt.Errorf("unknown option %q: the options are nullable, decimal, collation=binary|ci|case and keys=a|b", text)
	}
	return nil
}

// checkName reports a name that no filter can write.
func checkName(name string) error {
	if name == "" {
		return errors.New("its tag has no name: write one, or - to leave the field out")
	}
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || strings.ContainsAny(part, "`\n") {
			return fmt.Errorf("no filter can write the name %q: parts between dots have one character at least, and neither back quotes nor line feeds", name)
		}
	}
	return nil
}
