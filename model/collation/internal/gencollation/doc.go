// Command gencollation writes the table of utf8mb4_general_ci weights that a MariaDB
// server computes. Run it by `go generate ./model/collation`; it needs the mariadb
// client and a server that the client reaches without a password.
//
// The table is two constants. It leaves out each block of 256 code points that weigh
// their own numbers, and so takes a few kilobytes.
package main
