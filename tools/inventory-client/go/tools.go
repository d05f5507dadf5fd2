//go:build tools

package main

import (
	_ "sigs.k8s.io/cluster-inventory-api/plugins/kubeconfig-secretreader/cmd/plugin"
	_ "sigs.k8s.io/cluster-inventory-api/plugins/secretreader/cmd/plugin"
)
