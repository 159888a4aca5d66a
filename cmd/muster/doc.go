// Command muster queries a paged REST API as if it were a table: a filter in,
// users out.
//
//	muster demo
//	muster query 'is_active = true and created_at > 2024-01-01' --select id,name,roles.name
//	muster explain 'name starts with "A" or id < 100'
//	muster export 'is_active' -o users.parquet
//	muster emulate --users 20000
//
// Rows go to standard output and everything else to standard error. Exit codes:
// 0 done, 1 failed, 2 usage, 3 the filter does not parse or check,
// 4 authentication, 5 failed after rows reached standard output or a kept file,
// 6 a complete export was not replaced, 130 interrupted.
package main
