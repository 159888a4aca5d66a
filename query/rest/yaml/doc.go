// Package yaml reads and writes the definition of a paged listing in YAML, so that
// another API is queried, explained and exported without code. The definition describes
// the listing:
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
// [ReadFile] reads it, package rest makes a source of it, and package query asks it:
//
//	definition, err := yaml.ReadFile("orders.yaml")
//	if err != nil {
//		return err // every fault, each with its line and column
//	}
//	orders, err := rest.New(client, definition)
//	if err != nil {
//		return err
//	}
//	rows, err := query.Run(ctx, orders, `status = 'open' and paid_at is null`)
//	if err != nil {
//		return err
//	}
//	for order, err := range rows.All() {
//		if err != nil {
//			return err
//		}
//		fmt.Println(order.ID)
//	}
//
// An export, a count or a plan needs no more either. [Write] writes the definition of a
// source that was made in code. A definition in the dialect of a service is read with the
// [rest.Syntax] of its package: ReadFile("users.yaml", shop.Syntax()).
//
// README.md beside this file shows the command line, and has each member of a definition
// in a table. The package is apart from package rest so that programs without such files
// do not link YAML.
package yaml
