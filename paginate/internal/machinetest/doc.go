// Package machinetest draws listings and sources for the properties of paginate and of
// its machine.
package machinetest
