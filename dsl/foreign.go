package dsl

import (
	"github.com/muster-go/muster/dsl/foreign"
	"github.com/muster-go/muster/model"
)

// ParseOData reads a $filter of OData 4.01 as a filter of this language. The escapes of a URL must
// be decoded before. A blank text selects every row. Its only error is a [*SyntaxError]. The spans
// of the tree are places in the OData text, so that the errors of [Check] point into it.
//
// The filter keeps OData's meaning. A negated comparison is true for null, and so is `ne`. Two
// nulls are equal. A path address/city is the field address.city. What this language lacks, such as
// `mod`, is an error.
//
// The schema tells ParseOData three things. A field that is never null needs no test for null. A
// path through a reference needs one for the object. `div` keeps the fraction of decimals and floats
// alone. If the schema is nil, any field may be null.
func ParseOData(text string, s *model.Schema, opts ...ParseOption) (*Filter, error) {
	return foreign.ParseOData(text, s, opts...)
}

// ParseSCIM is [ParseOData] for a filter of SCIM 2.0, RFC 7644, section 3.4.2.2. A comparison
// with an absent attribute is false, and its negation true. The RFC leaves open what `ne` gives
// for one; here it is the negation of `eq`. Conditions in brackets, as in emails[type eq "work"],
// are about one value of the attribute.
//
// Names of attributes are taken in the letter case of the schema. `pr` is false for a text that
// is empty, so it needs the type: of a field that the schema does not know, it is `is not null`.
func ParseSCIM(text string, s *model.Schema, opts ...ParseOption) (*Filter, error) {
	return foreign.ParseSCIM(text, s, opts...)
}

// ParseAIP160 is [ParseOData] for a filter as https://google.aip.dev/160 describes it. OR binds
// tighter than AND there. A comparison of an unset field is false, and `!=`, NOT and - are the
// negation. A `*` in the text of = and != is a wildcard.
//
// `f:*` asks whether the field is set, to another value than an empty text, 0 and false, so it
// needs the type: of a field that the schema does not know, it is `is not null`.
func ParseAIP160(text string, s *model.Schema, opts ...ParseOption) (*Filter, error) {
	return foreign.ParseAIP160(text, s, opts...)
}
