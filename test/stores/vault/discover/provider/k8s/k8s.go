// Package k8s stands in for the same of go-discover.
package k8s

// Provider finds no peers.
type Provider struct{}
