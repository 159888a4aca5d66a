// Package manpage writes a manual page from the model of a command line.
//
//	err := manpage.Write(os.Stdout, model, manpage.About{Version: "1.0", …})
//
// What a page says of commands, arguments and flags is what --help says of them:
// both read kong's model. The page is in the man macros, which every man understands.
package manpage
