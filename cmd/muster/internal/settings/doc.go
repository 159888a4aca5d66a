// Package settings reads the settings file: values of flags, for every server or
// for one of those that it names.
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
// A relative path in it, of token-file or resource-file, is that of a file beside it.
//
// It knows no flags: whoever asks it for a value says what there is.
package settings
