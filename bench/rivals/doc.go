// Package rivals compares the muster command with what people would write instead: a short
// program in Go on encoding/json, json/v2 or sonic, a script for node, for Python with
// aiohttp, or for curl and jq. All of them read the same users from the same emulator, four
// requests at a time, and write them as NDJSON:
//
//	go test -run Rivals -speed -v
//
// prints CPU seconds as multiples of `muster export`. Two floors stand beside them: a reader
// on net/http and one on a socket that throw the bytes away. A script whose interpreter is
// missing is skipped, with its reason.
//
// It is a module of its own, so that no JSON library reaches whoever imports Muster, and it
// has nothing but tests.
package rivals
