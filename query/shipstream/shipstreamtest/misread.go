package shipstreamtest

import "strings"

// Misreading is a set of ways in which an emulator misreads filters, so that it
// answers with the wrong rows and without an error. The zero set is none.
type Misreading uint32

// The misreadings.
const (
	IgnoresNeq       Misreading = 1 << iota // neq holds for every row
	IgnoresNull                             // null holds for every row
	IgnoresTrue                             // a boolean that is to be true may be false
	TakesNulls                              // neq, nin, lt and lteq hold for null
	TakesBounds                             // lt is lteq, and gt is gteq
	LeavesBounds                            // lteq is lt, and gteq is gt
	StartIsContains                         // start finds a text anywhere
	EndIsContains                           // end finds a text anywhere
	RoundsInstants                          // instants are compared by the minute
	TakesFirstOfList                        // in and nin know their first value alone
	FoldsNothing                            // eq, neq, in and nin compare texts by their bytes
	OrdersByBytes                           // gt, lt, gteq and lteq compare texts by their bytes
	TakesFirstObject                        // later objects of an array are ignored
	TakesOneOperator                        // later operators of an object are ignored
	TakesLastFilter                         // earlier filter parameters are ignored
	OrsFilters                              // one of the filter parameters suffices
	CutsTexts                               // a text ends before its first quote or backslash
)

// misreads reports whether the options have the misreading.
func (o *Options) misreads(m Misreading) bool { return o.Misreads&m != 0 }

// ignored is an operator that holds for every row.
const ignored = "ignored"

// misread returns what an operator and its value are taken for.
func (o *Options) misread(f *field, op string, value any) (asOp string, asValue any) {
	if text, ok := value.(string); ok && f.typ == typeString && o.misreads(CutsTexts) {
		if i := strings.IndexAny(text, "'\"\\"); i >= 0 {
			value = text[:i]
		}
	}
	if list, ok := value.([]any); ok && len(list) > 1 && o.misreads(TakesFirstOfList) {
		value = list[:1]
	}
	for _, m := range []struct {
		misreading Misreading
		op, as     string
	}{
		{IgnoresNeq, "neq", ignored},
		{IgnoresNull, "null", ignored},
		{TakesBounds, "lt", "lteq"},
		{TakesBounds, "gt", "gteq"},
		{LeavesBounds, "lteq", "lt"},
		{LeavesBounds, "gteq", "gt"},
		{StartIsContains, "start", "contains"},
		{EndIsContains, "end", "contains"},
	} {
		if o.misreads(m.misreading) && op == m.op {
			return m.as, value
		}
	}
	if yes, ok := value.(bool); ok && yes && op == "eq" && o.misreads(IgnoresTrue) {
		return ignored, value
	}
	return op, value
}

// compareStringsBy compares two strings as an operator does.
func (o *Options) compareStringsBy(op, a, b string) int {
	byBytes := o.misreads(OrdersByBytes)
	if op == "eq" || op == "neq" {
		byBytes = o.misreads(FoldsNothing)
	}
	if byBytes {
		return strings.Compare(a, b)
	}
	return o.compareStrings(a, b)
}

// rounded returns the field as it is compared: by the minute, if the options round.
func (o *Options) rounded(f *field) *field {
	if f.typ != typeTime || !o.misreads(RoundsInstants) {
		return f
	}
	minutes := *f
	minutes.unit = 60
	minutes.num = func(r *row) int64 {
		if n := f.num(r); n != nullTime {
			return n - n%minutes.unit
		}
		return nullTime
	}
	return &minutes
}

// takingNulls returns the test of an operator, with nulls if the options take them.
func (o *Options) takingNulls(f *field, op string, t test) test {
	switch op {
	case "neq", "nin", "lt", "lteq":
		if o.misreads(TakesNulls) {
			return func(r *row) bool { return f.isNull(r) || t(r) }
		}
	}
	return t
}
