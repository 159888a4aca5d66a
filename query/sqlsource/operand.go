package sqlsource

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// subject is what a predicate is about: a column, or what a filter computes.
type subject struct {
	write     func()
	typ       model.Type
	collation model.Collation
	form      TimeForm  // of an instant of a column
	computed  bool      // not a column
	instants  *instants // how a computed instant is held; nil for all else
}

// maxOperand bounds the SQL of one computed value, in bytes. A function whose SQL
// names an argument twice doubles it, level by level.
const maxOperand = 64 << 10

// subject returns a computed value, which has the type and collation of a field.
func (c *clause) subject(x dsl.Operand, f *model.Field) subject {
	in := c.instantsOf(x)
	s := subject{write: func() { c.operand(x, in) }, typ: f.Type, collation: f.Collation, computed: true, instants: in}
	if in != nil {
		s.form = in.form
	}
	return s
}

// relation compares two operands.
func (c *clause) relation(n *dsl.Relation) {
	if n.As == nil {
		c.refuse("the filter was not checked against a schema")
		return
	}
	if typeOf(n.Left) != typeOf(n.Right) {
		c.refuse("databases round numbers of two types to compare them")
		return
	}
	left, leftColumn := n.Left.(*dsl.Path)
	right, rightColumn := n.Right.(*dsl.Path)
	if leftColumn && rightColumn {
		a, b := c.at(left), c.at(right)
		if a.typ != model.TypeDateTime || a.form == b.form && (a.form == TimeNative || a.form == TimeUnix) {
			a.write()
			c.write(operator(n.Op))
			b.write()
			if a.typ == model.TypeString {
				c.collate(n.As.Collation)
			}
			return
		}
	}
	in := c.instantsOf(n.Left, n.Right)
	if in != nil && in.oneShift && shifted(n.Left) && shifted(n.Right) {
		c.refuse(c.flavour.Name + " keeps no instants beyond the year 9999")
		return
	}
	c.operand(n.Left, in)
	c.write(operator(n.Op))
	c.operand(n.Right, in)
	if n.As.Type == model.TypeString {
		c.collate(n.As.Collation)
	}
}

// typeOf returns the type of a checked operand.
func typeOf(o dsl.Operand) model.Type {
	switch o := o.(type) {
	case *dsl.Path:
		if o.Field != nil {
			return o.Field.Element()
		}
	case *dsl.Literal:
		return o.Value.Type()
	case *dsl.Call:
		if o.Result != nil {
			return o.Result.Type
		}
	case *dsl.Binary:
		if o.Result != nil {
			return o.Result.Type
		}
	case *dsl.Shift:
		return model.TypeDateTime
	case *dsl.Cardinality:
		return model.TypeInt
	}
	return model.TypeNull
}

// noElements says why no condition on elements is asked.
const noElements = "the table has no columns for the elements of lists"

func shifted(o dsl.Operand) bool {
	_, ok := o.(*dsl.Shift)
	return ok
}

// operand writes a value. Instants are held as in says.
func (c *clause) operand(o dsl.Operand, in *instants) {
	if c.operands == 0 {
		c.start = c.sql.Len()
	}
	if c.sql.Len()-c.start > maxOperand {
		c.refuse("the condition becomes too long as SQL")
	}
	c.operands++
	defer func() { c.operands-- }()
	c.nested(1, func() {
		switch o := o.(type) {
		case *dsl.Path:
			c.pathOperand(o, in)
		case *dsl.Literal:
			if o.Value.Type() == model.TypeDateTime {
				c.instantConstant(in, o.Value.Time())
				return
			}
			c.constantOperand(o.Value, o.Value.Type())
		case *dsl.Binary:
			c.arithmetic(o)
		case *dsl.Shift:
			c.shift(o, in)
		case *dsl.Call:
			c.call(o, in)
		case *dsl.Cardinality:
			c.refuse(noElements)
		default:
			c.refuse("the filter was not checked against a schema")
		}
	})
}

func (c *clause) pathOperand(p *dsl.Path, in *instants) {
	column := c.at(p)
	if column.typ != model.TypeDateTime {
		column.write()
		return
	}
	if in == nil {
		c.refuse(c.noFunctions())
		return
	}
	c.template(in.column(column.form), column.write)
	if in.column(column.form) == "" {
		c.refuse("the column of " + p.Name + " holds instants in a form that " + c.flavour.Name + " is not asked to compute with")
	}
}

// noFunctions says that the functions of a flavour of one's own are unknown.
func (c *clause) noFunctions() string { return "the functions of " + c.flavour.Name + " are not known" }

// constantOperand binds a constant and says of which type it is, which a database cannot see from
// what is around it. A number among floats is the float nearest to it.
func (c *clause) constantOperand(v model.Value, t model.Type) {
	if c.flavour.functions == nil {
		c.refuse(c.noFunctions())
		return
	}
	var arg any
	switch {
	case t == model.TypeFloat && v.Type() != model.TypeFloat:
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil || math.IsInf(f, 0) {
			c.refuse("no float is near " + v.String())
		}
		arg = f
	case v.Type() != t:
		c.refuse("databases round numbers of two types")
	case t == model.TypeInt:
		arg = v.Int()
	case t == model.TypeFloat:
		arg = v.Float()
	case t == model.TypeBool:
		arg = v.Bool()
	case t == model.TypeString:
	default:
		c.refuse("a constant that no column compares with")
	}
	form := c.flavour.functions.constants[t]
	if form == "" {
		form = "{1}"
	}
	c.template(form, func() {
		if t == model.TypeString {
			c.text(v.Str())
			return
		}
		c.bind(arg)
	})
}

// arithmetic writes sums, differences and products of integers. Where they do not fit they are
// null, as in the language.
func (c *clause) arithmetic(n *dsl.Binary) {
	switch t := typeOf(n); {
	case c.flavour.functions == nil:
		c.refuse(c.noFunctions())
	case n.Op == dsl.Over:
		c.refuse("databases round quotients in ways of their own")
	case t == model.TypeFloat:
		c.refuse("databases fail where a float becomes too large or too small")
	case t != model.TypeInt:
		c.refuse("databases round decimals in ways of their own")
	default:
		text := strings.ReplaceAll(c.flavour.functions.arithmetic, "{op}", n.Op.String())
		c.template(text, func() { c.operand(n.Left, nil) }, func() { c.operand(n.Right, nil) })
	}
}

// shift writes an instant plus a duration of one length.
func (c *clause) shift(n *dsl.Shift, in *instants) {
	seconds, ok := n.Seconds()
	switch {
	case !ok:
		c.refuse("months and years have no one length, nor has a day where the clocks change")
	case in == nil:
		c.refuse(c.noFunctions())
	case shifted(n.X):
		c.refuse("one duration is added in SQL")
	default:
		text := in.shift
		if seconds < 0 {
			text = in.back
		}
		c.template(text, func() { c.operand(n.X, in) }, func() { c.bind(seconds) })
	}
}

// call writes a function.
func (c *clause) call(n *dsl.Call, in *instants) {
	if n.Func == nil || n.Result == nil {
		c.refuse("the filter was not checked against a schema")
		return
	}
	if n.Func.Own != nil {
		c.own(n)
		return
	}
	if c.flavour.functions == nil {
		c.refuse(c.noFunctions())
		return
	}
	if slices.ContainsFunc(n.Args, shifted) {
		c.refuse("a function of an instant that a duration moves, perhaps beyond the years of databases")
		return
	}
	switch n.Name {
	case "lower", "upper":
		c.letters(n)
	case "substring":
		c.substring(n)
	case "coalesce":
		c.coalesce(n, in)
	case "min", "max":
		c.extreme(n.Name, n.Args, n.Result, in)
	case "concat":
		c.concat(n.Args, n.Result)
	case "year", "month", "day", "hour", "weekday", "date":
		c.calendar(n, in)
	default:
		c.numberOrText(n)
	}
}

// letters leaves a text as it is under a collation that ignores case: what lower and upper change
// there has the same weight, and no function of the language sees a difference.
func (c *clause) letters(n *dsl.Call) {
	if n.Result.Collation == model.Binary {
		c.refuse(c.flavour.Name + " changes the case of other letters than the language does")
		return
	}
	c.operand(n.Args[0], nil)
}

// substring writes a part of a text. The places must be constant: databases differ about places
// before the first character, and about negative lengths.
func (c *clause) substring(n *dsl.Call) {
	first, okFirst := n.Args[1].(*dsl.Literal)
	count, okCount := n.Args[2].(*dsl.Literal)
	if !okFirst || !okCount {
		c.refuse("databases differ about parts of texts whose places are not constant")
		return
	}
	from, length := window(first.Value.Int(), count.Value.Int())
	c.template(c.flavour.functions.named["substring"], func() { c.operand(n.Args[0], nil) }, func() { c.bind(from) }, func() { c.bind(length) })
}

// window returns a first place of 1 or more and a number of characters of 0 or more, which are no
// more than a database counts in 32 bits.
func window(from, n int64) (first, count int64) {
	if n <= 0 {
		return 1, 0
	}
	if from < 1 {
		if n += from - 1; n <= 0 { // it cannot wrap around: n was positive
			return 1, 0
		}
		from = 1
	}
	return min(from, math.MaxInt32), min(n, math.MaxInt32)
}

// argument writes an argument of a function that takes several of the result's type.
func (c *clause) argument(o dsl.Operand, result *model.Field, in *instants) {
	switch o := o.(type) {
	case *dsl.Literal:
		if result.Type != model.TypeDateTime {
			c.constantOperand(o.Value, result.Type)
			break
		}
		c.operand(o, in)
	default:
		if typeOf(o) != result.Type {
			c.refuse("databases round numbers of two types")
		}
		c.operand(o, in)
	}
	if result.Type == model.TypeString {
		c.collate(result.Collation) // columns of two collations would be refused
	}
}

func (c *clause) coalesce(n *dsl.Call, in *instants) {
	c.write("COALESCE(")
	for i, a := range n.Args {
		if i > 0 {
			c.write(", ")
		}
		c.argument(a, n.Result, in)
	}
	c.write(")")
}

// extreme writes the lesser or greater of the arguments. The functions of databases for it
// differ about null.
func (c *clause) extreme(name string, args []dsl.Operand, result *model.Field, in *instants) {
	if len(args) == 1 {
		c.argument(args[0], result, in)
		return
	}
	first, other := " <= ", " > "
	if name == "max" {
		first, other = " >= ", " < "
	}
	left := func() { c.extreme(name, args[:len(args)-1], result, in) }
	right := func() { c.argument(args[len(args)-1], result, in) }
	c.template("CASE WHEN {1}"+first+"{2} THEN {1} WHEN {1}"+other+"{2} THEN {2} END", left, right)
}

func (c *clause) concat(args []dsl.Operand, result *model.Field) {
	if len(args) == 1 {
		c.argument(args[0], result, nil)
		return
	}
	c.template(c.flavour.functions.named["concat"],
		func() { c.concat(args[:len(args)-1], result) }, func() { c.argument(args[len(args)-1], result, nil) })
}

// calendar writes a part of an instant, or its day.
func (c *clause) calendar(n *dsl.Call, in *instants) {
	switch {
	case in == nil:
		c.refuse(c.noFunctions())
		return
	case n.Zone != time.UTC:
		c.refuse("databases are asked for the calendar of UTC alone")
		return
	}
	if path, ok := n.Args[0].(*dsl.Path); ok && !in.converts(c.at(path).form) {
		if text := in.direct[n.Name]; text != "" {
			c.template(text, c.at(path).write)
			return
		}
	}
	c.template(in.parts[n.Name], func() { c.operand(n.Args[0], in) })
}

// numberOrText writes the functions that differ between databases by name alone.
func (c *clause) numberOrText(n *dsl.Call) {
	key := n.Name
	if t := typeOf(n.Args[0]); key == "abs" || key == "round" {
		key += " " + t.String()
	}
	text := c.flavour.functions.named[key]
	if text == "" {
		c.refuse(c.flavour.Name + " has no function that means " + key)
		return
	}
	c.template(text, func() { c.operand(n.Args[0], nil) })
}
