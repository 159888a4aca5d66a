// Package filesource reads the definition of a paged listing from YAML, and writes
// one, so that another API is queried, explained and exported without any code:
//
//	resource: orders
//	path: /orders
//	dialect: key-value
//	layout: {rows: orders, id: id, next: next_page}
//	paging: {style: token, max: 100, limit: limit, token: page}
//	fields:
//	  - {name: id, type: int}
//	  - {name: status, type: string, collation: binary, params: {eq: status}}
//	  - {name: paid_at, type: datetime, nullable: true, params: {gteq: paid_since}}
//
// README.md beside this file leads through all of it and has each member in a table.
// The package stands apart from package restsource so that who needs no file links no YAML.
package filesource
