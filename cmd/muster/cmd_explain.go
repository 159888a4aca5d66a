package main

// explainCmd is `muster explain`.
type explainCmd struct {
	rowFlags
	Format string `default:"text" enum:"text,json" help:"Output: ${enum}."`
}

// Run prints the plan. It sends no request.
func (c *explainCmd) Run(env *environment) error {
	_, plan, err := c.plan(env)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return plan.ExplainJSON(env.stdout)
	}
	return plan.Explain(env.stdout)
}
