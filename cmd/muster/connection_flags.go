package main

import (
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/certs"
	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/transport"
)

// connectionFlags say how to connect to the server, and how long to wait for it.
type connectionFlags struct {
	AttemptTimeout time.Duration `name:"attempt-timeout" env:"MUSTER_ATTEMPT_TIMEOUT" default:"30s" help:"Longest time for one attempt at a request, to the end of its answer."`
	MaxWait        time.Duration `name:"max-wait" env:"MUSTER_MAX_WAIT" default:"2m" help:"Longest wait that the server may ask for, as by Retry-After."`
	MaxOutage      time.Duration `name:"max-outage" env:"MUSTER_MAX_OUTAGE" default:"2m" help:"How long to repeat requests while the server does not answer or fails; 0 = not at all. Unless set, a host that never answered is given up within 3s."`

	FollowRedirects bool   `name:"follow-redirects" env:"MUSTER_FOLLOW_REDIRECTS" help:"Follow redirects to the base URL's own scheme, host and port."`
	CACert          string `name:"ca-cert" env:"MUSTER_CA_CERT" placeholder:"FILE" help:"Certificates to trust instead of the system's, in PEM."`
	ClientCert      string `name:"client-cert" env:"MUSTER_CLIENT_CERT" placeholder:"FILE" help:"Certificate to present to the server, in PEM."`
	ClientKey       string `name:"client-key" env:"MUSTER_CLIENT_KEY" placeholder:"FILE" help:"Key of --client-cert, in PEM and not encrypted; unless it is in the same file."`

	resumes bool // an earlier run has had answers
}

// check refuses times that the library would read as the default.
func (f connectionFlags) check() error {
	switch {
	case f.AttemptTimeout <= 0:
		return exit.Usagef("--attempt-timeout %s: must be more than 0, such as 90s", f.AttemptTimeout)
	case f.MaxWait <= 0:
		return exit.Usagef("--max-wait %s: must be more than 0, such as 10m", f.MaxWait)
	case f.MaxOutage < 0:
		return exit.Usagef("--max-outage %s: must be 0 (none) or more, such as 10m", f.MaxOutage)
	}
	return nil
}

// apply sets the options that the flags name. What nobody set stays the library's
// default, which depends on whether the host has answered and on who asks.
func (f connectionFlags) apply(o *transport.Options, env *environment) error {
	isSet := func(name string) bool { return env.rankOf(name) > fromDefault }
	if isSet("attempt-timeout") {
		o.AttemptTimeout = f.AttemptTimeout
	}
	if isSet("max-wait") {
		o.MaxWait = f.MaxWait
	}
	if isSet("max-outage") || f.resumes {
		o.MaxOutage = noneForZero(f.MaxOutage)
	}
	o.FollowRedirects = f.FollowRedirects
	config, err := certs.Files{CA: f.CACert, Cert: f.ClientCert, Key: f.ClientKey}.Config()
	if err != nil {
		return &exit.UsageError{Err: err}
	}
	o.TLS = config
	return nil
}
