// Package certs reads the files with which a client proves who it is and decides whom it
// trusts.
//
//	config, err := certs.Files{CA: "ca.pem", Cert: "me.pem", Key: "me.key"}.Config()
package certs
