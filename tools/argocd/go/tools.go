//go:build tools

// Package tools keeps the requirements of the command that is built from this module.
package tools

import _ "github.com/argoproj/argo-cd/v3/cmd"
