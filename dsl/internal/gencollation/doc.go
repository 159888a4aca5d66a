// Command gencollation writes dsl's table of utf8mb4_general_ci weights, as a
// MariaDB server prints them. Run it by `go generate ./dsl`; it needs the
// mariadb client and a server that the client reaches without a password.
//
// The table is two constants. A code point whose block of 256 weighs what its
// code points are is not stored, so the table stays at a few kilobytes.
package main
