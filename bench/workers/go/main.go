// Command go measures the Go binding.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func main() {
	signer, err := pusherauth.NewFromString(os.Getenv("PUSHER_CONFIG"))
	if err != nil {
		log.Fatal(err)
	}
	socketID := os.Getenv("SOCKET_ID")
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		var calls int
		var file string
		if _, err := fmt.Sscan(input.Text(), &calls, &file); err != nil {
			log.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		var user any = text
		var response []byte
		start := time.Now()
		for i := 0; i < calls && err == nil; i++ {
			response, err = signer.AuthenticateUser(socketID, user)
		}
		elapsed := time.Since(start)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d %s\n", elapsed.Nanoseconds(), response)
	}
}
