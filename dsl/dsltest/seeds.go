package dsltest

import (
	"embed"
	"iter"
	"path"
	"strconv"
	"strings"
)

//go:embed testdata/filters.txt
var filters string

//go:embed testdata/errors/*.txtar
var broken embed.FS

const brokenFolder = "testdata/errors"

// Seeds returns the corpus of filters that [dsl.Parse] accepts: more than a thousand, no two
// alike, with every form of the language. Most are about the fields of [modeltest.People].
func Seeds() iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(filters, "\n"), "\n")
}

// BrokenSeeds returns texts that [dsl.Parse] refuses, at least one for each of its errors.
func BrokenSeeds() iter.Seq[string] {
	return func(yield func(string) bool) {
		archives, err := broken.ReadDir(brokenFolder)
		if err != nil {
			return // they are embedded
		}
		for _, a := range archives {
			text, err := broken.ReadFile(path.Join(brokenFolder, a.Name()))
			if err != nil {
				return
			}
			for name, content := range files(string(text)) {
				switch path.Ext(name) {
				case ".quoted":
					if content, err = strconv.Unquote(content); err != nil {
						continue
					}
				case ".filter":
				default:
					continue
				}
				if !yield(content) {
					return
				}
			}
		}
	}
}

// files returns the names and contents of a txtar archive, without the last line feed of each.
func files(archive string) iter.Seq2[string, string] {
	return func(yield func(name, content string) bool) {
		name, content := "", ""
		for line := range strings.Lines(archive) {
			next, ok := header(strings.TrimSuffix(line, "\n"))
			if !ok {
				content += line
				continue
			}
			if name != "" && !yield(name, strings.TrimSuffix(content, "\n")) {
				return
			}
			name, content = next, ""
		}
		if name != "" {
			yield(name, strings.TrimSuffix(content, "\n"))
		}
	}
}

// header returns the name in a line "-- name --" of an archive.
func header(line string) (name string, ok bool) {
	name, begins := strings.CutPrefix(line, "-- ")
	name, ends := strings.CutSuffix(name, " --")
	return name, begins && ends
}
