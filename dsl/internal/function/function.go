package function

import (
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// Types is a set of types of arguments.
type Types uint32

// Set returns the set of some types.
func Set(types ...model.Type) Types {
	var s Types
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

// The sets of the table.
const (
	Text    = Types(1 << model.TypeString)
	Whole   = Types(1 << model.TypeInt)
	Instant = Types(1 << model.TypeDateTime)
	Numbers = Whole | Types(1<<model.TypeDecimal|1<<model.TypeFloat)
	Ordered = Numbers | Text | Instant
	Scalars = Ordered | Types(1<<model.TypeBool)
)

// Has reports whether t is in the set.
func (s Types) Has(t model.Type) bool { return s>>t&1 == 1 }

// Function is a function of the language: pure, and safe for concurrent use.
type Function struct {
	Name string // in lower case
	// Params are the arguments that it takes.
	Params []Param
	// Repeats allows any more of the last argument. Eval is then called for the first two
	// arguments, for its result and the third, and so on.
	Repeats bool
	// Result is the type of the result. TypeNull means that the arguments share one type, and
	// the result has it.
	Result model.Type
	// Nullable reports that the result may be null where no argument is.
	Nullable bool
	// TakesNull makes Eval see null. Otherwise the result is null where an argument is.
	TakesNull bool
	// KeepsWeight reports that a text and the result weigh alike under every collation that
	// ignores case. Gives reports whether the result for text is want, under binary, and
	// allocates nothing. It is set where KeepsWeight is.
	KeepsWeight bool
	Gives       func(text, want string) bool
	// Doc is one line for a list of functions.
	Doc string
	// Eval computes the result. What is not among the Params is null.
	Eval func(c Context, x, y, z model.Value) model.Value
	// Own makes it a function of an environment, which has no Eval; nil for the others.
	Own *Own
}

// Param is an argument of a function.
type Param struct {
	Name  string
	Types Types
}

// MostParams is the number of arguments that Eval has room for.
const MostParams = 3

// Context is what a function may depend on beside its arguments.
type Context struct {
	Zone      *time.Location  // of the query, never nil
	Collation model.Collation // of the arguments that are texts
	Type      model.Type      // of the result
}

// Signature returns the function as a hint shows it, such as "substring(text, from, n)".
func (f *Function) Signature() string {
	var names []string
	for _, p := range f.Params {
		names = append(names, p.Name)
	}
	if f.Repeats {
		names = append(names, "…")
	}
	return f.Name + "(" + strings.Join(names, ", ") + ")"
}

// Param returns argument i; false if the function takes fewer.
func (f *Function) Param(i int) (Param, bool) {
	switch {
	case i < len(f.Params):
		return f.Params[i], true
	case f.Repeats:
		return f.Params[len(f.Params)-1], true
	}
	return Param{}, false
}

// Takes reports whether the function takes n arguments.
func (f *Function) Takes(n int) bool {
	return n == len(f.Params) || f.Repeats && n > len(f.Params)
}

// Call computes the function of its arguments.
func (f *Function) Call(c Context, args ...model.Value) model.Value {
	if !f.TakesNull && slices.ContainsFunc(args, model.Value.IsNull) {
		return model.Null()
	}
	var room [MostParams]model.Value
	if f.Repeats {
		result := args[0]
		for _, a := range args[1:] {
			result = f.Eval(c, result, a, model.Null())
		}
		return result
	}
	copy(room[:], args)
	return f.Eval(c, room[0], room[1], room[2])
}

// Table is a set of functions by name. It is immutable and safe for concurrent use.
type Table struct {
	byName map[string]*Function
	names  []string
}

// NewTable returns the table of some functions; of two with one name it keeps the last.
func NewTable(functions ...Function) *Table {
	t := &Table{byName: make(map[string]*Function, len(functions))}
	for _, f := range functions {
		if _, known := t.byName[f.Name]; !known {
			t.names = append(t.names, f.Name)
		}
		t.byName[f.Name] = &f
	}
	return t
}

// Lookup returns the function of a name in lower case.
func (t *Table) Lookup(name string) (*Function, bool) {
	f, ok := t.byName[name]
	return f, ok
}

// Names returns the names in the order of the table.
func (t *Table) Names() []string { return slices.Clone(t.names) }
