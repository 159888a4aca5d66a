package dsl

import (
	"github.com/muster-go/muster/dsl/foreign"
	"github.com/muster-go/muster/model"
)

// ParseOData reads the value of $filter of OData 4.01, without the escapes of a URL, as a
// filter of this language. A blank text is the filter that selects all. Its only error is a
// [*SyntaxError]. The spans of the tree are places in the OData text, so that [Check] points
// into it, too.
//
// The filter means what OData means: `ne` is true for null, and so is the negation of a
// comparison; two nulls are equal. The schema says which fields are never null, so that the tree
// is shorter; nil = any may be. It also says what a path through a reference needs to be right
// where there is no object, and which division keeps its fraction. A path address/city is the
// field address.city. What OData has and this language does not, such as `mod`, is an error.
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
