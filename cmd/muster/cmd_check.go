package main

import "github.com/muster-go/muster/query"

// checkCmd is `muster check`.
type checkCmd struct{ filterFlags }

// Help shows how the command is used.
func (*checkCmd) Help() string {
	return examples(
		`muster check 'is_active and created_at on 2024-01-01'`,
		`echo 'id in (1, 2, 3)' | muster check -`,
	)
}

// Run prints "ok", and warnings to standard error.
func (c *checkCmd) Run(env *environment) error {
	text, err := c.text(env)
	if err != nil {
		return err
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	res, err := c.source(env)
	if err != nil {
		return err
	}
	checked, err := query.Check(res, text, opts...)
	if err != nil {
		return err
	}
	for _, w := range checked.Warnings {
		env.warnf("%s", w)
	}
	env.stdout.printf("ok\n")
	return nil
}
