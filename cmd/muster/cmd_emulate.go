package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// emulateCmd is `muster emulate`.
type emulateCmd struct {
	Addr           string        `default:"127.0.0.1:0" help:"Address to listen on; port 0 picks a free one."`
	Users          int           `default:"20000" help:"Users that are not deleted; 5 % deleted users are added."`
	IDs            string        `name:"ids" default:"dense" enum:"dense,sparse,islands,powtop,powlow" help:"Spread of the ids: ${enum}."`
	Seed           uint64        `default:"1" help:"The same seed gives the same users and faults."`
	Latency        time.Duration `default:"50ms" help:"Added to every response."`
	Rate           float64       `default:"10" help:"Requests a second; 0 = no limit."`
	Burst          int           `default:"60" help:"Requests at once before the rate binds."`
	Concurrency    int           `default:"5" help:"Requests in flight before 409; 0 = no limit."`
	Faults         float64       `default:"0" help:"Probability that a request fails with a temporary error."`
	Token          string        `default:"demo" help:"Bearer token to accept."`
	Collation      string        `default:"ci" enum:"ci,binary" help:"How strings compare: ${enum}."`
	Operators      bool          `help:"Also serve undocumented filter operators, to try --profile."`
	HideTimestamps bool          `help:"Filter by timestamps but never return them."`
	Scenario       string        `placeholder:"FILE" help:"Faults and changes by time and by request, in JSON: see go doc …/shipstreamtest.Scenario."`
	Record         string        `placeholder:"FILE" help:"File to record each answered request in, as NDJSON; - is standard error."`
}

// Help shows how the command is used.
func (*emulateCmd) Help() string {
	return examples(
		`muster emulate --addr 127.0.0.1:8080`,
		`muster emulate --users 100000 --ids islands --latency 100ms --faults 0.02`,
	)
}

// Run serves until it is interrupted. It prints the base URL first, for scripts.
func (c *emulateCmd) Run(ctx context.Context, env *environment) (err error) {
	o, err := c.options()
	if err != nil {
		return &exit.UsageError{Err: err}
	}
	if c.Record != "" {
		recorder, done, err := c.recorder(env)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		o.OnResponse = recorder.Record
	}
	server, err := shipstreamtest.Start(o)
	if listen := (*net.OpError)(nil); err != nil && !errors.As(err, &listen) {
		return &exit.UsageError{Err: err}
	}
	if err != nil {
		return err
	}
	defer server.Close()
	env.stdout.printf("%s\n", server.URL)
	env.warnf("emulating %d users; try:\n  MUSTER_TOKEN=%s muster query --base-url %s 'is_active = true' --limit 5\nCtrl-C ends it.", c.Users, c.Token, server.URL)
	<-ctx.Done()
	return nil
}

// options returns the flags as options, with the scenario of the file.
func (c *emulateCmd) options() (shipstreamtest.Options, error) {
	o := shipstreamtest.Options{
		Addr: c.Addr, Users: c.Users, IDs: shipstreamtest.Layout(c.IDs), Seed: c.Seed, Latency: c.Latency,
		Rate: noneForZero(c.Rate), Burst: c.Burst, Concurrency: noneForZero(c.Concurrency), Faults: c.Faults, Token: c.Token,
		HideTimestamps: c.HideTimestamps,
	}
	if c.Collation == "binary" {
		o.Collation = model.Some(model.Binary)
	}
	if c.Operators {
		o.Operators = shipstreamtest.AllOperators
	}
	if c.Scenario == "" {
		return o, nil
	}
	file, err := os.Open(c.Scenario)
	if err != nil {
		return o, fmt.Errorf("--scenario: %w", err)
	}
	defer func() { _ = file.Close() }() // opened for reading: closing loses nothing
	if o.Scenario, err = shipstreamtest.ParseScenario(file); err != nil {
		return o, fmt.Errorf("--scenario %s: %w", c.Scenario, err)
	}
	return o, nil
}

// recorder opens the record. done closes it and reports whether all was written.
func (c *emulateCmd) recorder(env *environment) (r *shipstreamtest.Recorder, done func() error, err error) {
	if c.Record == "-" {
		to := env.stderr
		if env.stderrTerminal {
			to = env.notes()
		}
		r = shipstreamtest.NewRecorder(to)
		return r, r.Err, nil
	}
	file, err := os.Create(c.Record)
	if err != nil {
		return nil, nil, fmt.Errorf("--record: %w", err)
	}
	r = shipstreamtest.NewRecorder(file)
	return r, func() error { return errors.Join(r.Err(), file.Close()) }, nil
}
