// Package collation holds the weights of MySQL's utf8mb4_general_ci as data. The code
// that compares strings by them stands elsewhere, and twice: the filter language and
// the emulator that judges it share no other line.
//
//	collation.Weight('é') == collation.Weight('E')
//
// MariaDB computed the table. To write it again, run `go generate ./model/collation`
// with the mariadb client and a server that it reaches without a password.
package collation
