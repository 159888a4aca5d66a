//go:build soak && unix

package main

import "testing"

// TestSoakKill is [TestKill] with five hundred kills.
func TestSoakKill(t *testing.T) { killExports(t, 500) }
