package eval

// Tri is a truth value of three-valued logic. In the order False < Unknown < True,
// "and" is the minimum and "or" the maximum.
type Tri uint8

// The truth values.
const (
	False Tri = iota
	Unknown
	True
)

// String returns "false", "unknown" or "true".
func (t Tri) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	case Unknown:
	}
	return "unknown"
}
