package main

import (
	"runtime"
	"runtime/debug"
)

// versionCmd is `muster version`.
type versionCmd struct{}

// Help shows how the command is used.
func (versionCmd) Help() string {
	return examples(
		`muster version`,
	)
}

// Run prints the version and the toolchain.
func (versionCmd) Run(env *environment) error { //nolint:unparam // kong wants an error
	env.stdout.printf("muster %s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is the module's version as the toolchain recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
