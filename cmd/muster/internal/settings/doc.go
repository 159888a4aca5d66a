// Package settings reads the settings file: values of flags, for all servers or for one
// that it names.
//
//	{
//	  "server": "acme",
//	  "tz": "Europe/Berlin",
//	  "servers": {
//	    "acme": {"base-url": "https://acme.example/api/global", "token-command": "pass show acme"},
//	    "local": {"base-url": "http://127.0.0.1:8080/api/global", "token-file": "token", "rate": 0}
//	  }
//	}
//
// Names of files (token-file, resource-file, ca-cert, client-cert, client-key) are relative
// to the settings file.
//
// The package does not know the flags. [File.Keys] lets the caller refuse unknown ones.
package settings
