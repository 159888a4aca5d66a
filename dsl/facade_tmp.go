package dsl

import "github.com/muster-go/muster/model"

func Check(f *Filter, s *model.Schema, opts ...CheckOption) (*Checked, error) {
	c, err := checkFilter(f, s, opts...)
	if err != nil {
		return nil, err
	}
	c.Warn(Contradictions(c)...)
	return c, nil
}
