// Command redis is an in-memory Redis server for Argo CD in tests: redis 127.0.0.1:6379
package main

import (
	"log"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: redis ADDRESS:PORT")
	}
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	// It has no clock of its own: without this no key would ever expire.
	for range time.Tick(time.Second) {
		server.FastForward(time.Second)
	}
}
