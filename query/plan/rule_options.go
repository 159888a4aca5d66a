package plan

import (
	"fmt"
	"strconv"
)

// checkOptions rejects options that no plan can honour, and a source without a key.
func checkOptions(p *planner) error {
	o := p.options
	if _, ok := p.schema.Lookup(p.dialect.ID()); !ok {
		return &Error{p.dialect.ID(), "the schema of " + p.schema.Name() + " lacks this field, which its dialect names as the key", "add the field, or let the dialect's ID name another"}
	}
	most := p.dialect.MaxPageSize()
	if o.Limit < 0 {
		return &OptionError{Option: "limit", Value: strconv.FormatInt(o.Limit, 10), Reason: "must be 0 (no limit) or more"}
	}
	if o.Verify < 0 {
		return &OptionError{Option: "verify pushdown", Value: strconv.FormatInt(o.Verify, 10), Reason: "must be 0 (no rows) or more"}
	}
	if o.PageSize < 0 || o.PageSize > most {
		return &OptionError{Option: "page size", Value: strconv.Itoa(o.PageSize), Reason: fmt.Sprintf("must be between 1 and %d", most), beyond: o.PageSize > most}
	}
	if p.plan.PageSize = o.PageSize; o.PageSize == 0 {
		p.plan.PageSize = most
	}
	var err error
	if p.plan.Order, err = parseOrder(o.Order, p.schema, p.dialect.ID()); err != nil {
		return err
	}
	p.plan.Select, err = selectFields(o.Select, p.schema)
	return err
}
