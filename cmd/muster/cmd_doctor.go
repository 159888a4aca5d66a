package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// doctorCmd is `muster doctor`.
type doctorCmd struct {
	serverFlags
	ProbeFilters bool `help:"Find out which filter operators the server has beyond the documented ones, and print the configuration that declares them."`
}

// Run asks the server a few things and says what it saw, a line each. It fails
// when one of them fails.
func (c *doctorCmd) Run(ctx context.Context, env *environment) error {
	client, err := c.client(env)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	resp, err := client.Get(ctx, "/v1/system/status", nil)
	if err != nil {
		return err
	}
	env.stdout.printf("ok    status    %s answers; API version %s\n", client.BaseURL(), resp.APIVersion())
	if _, err = client.Get(ctx, "/v1/system/users/any", map[string][]string{"limit": {"1"}}); err != nil {
		return err
	}
	env.stdout.printf("ok    users     the token may list them\n")
	if !c.ProbeFilters {
		return nil
	}
	found, findings, err := shipstream.Users(client, model.AnyUser).Probe(ctx)
	if err != nil {
		return err
	}
	for _, f := range findings {
		state := "ok  "
		if !f.Proved {
			state = "off "
		}
		env.stdout.printf("%s  %-16s %s\n", state, f.Name, f.Detail)
	}
	env.stdout.printf("\nTo use what was found, put this into the configuration (--config FILE):\n%s\n", declaration(found))
	return nil
}

// declaration is the configuration that declares the capabilities.
func declaration(c shipstream.Capabilities) string {
	d := map[string]any{"collation": c.Collation.String(), "timestamps": "unknown"}
	switch c.Timestamps {
	case model.ReturnedOnRequest:
		d["timestamps"] = "on-request"
	case model.ReturnedNo:
		d["timestamps"] = "never"
	case model.ReturnedUnknown, model.ReturnedAlways:
	}
	if on := c.Profile.String(); on != "documented" {
		d["profile"] = strings.Split(on, ",")
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err.Error() // a map of strings does not fail
	}
	return string(text)
}
