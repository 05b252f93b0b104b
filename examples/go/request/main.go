// Command request makes a request to Pusher's REST API: an event for a user, the end of their connections.
//
//	request POST /events '{"name":"news","channels":["#server-to-user-alice"],"data":"{}"}'
//	request POST /users/alice/terminate_connections '{}'
//	request GET /channels
//
// PUSHER_CONFIG is {"appId":"…","key":"…","secret":"…","cluster":"…"}. It prints the answer.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

var client = &http.Client{Timeout: 10 * time.Second}

// send is the ten lines: it signs the request for now, and sends it.
func send(signer *pusherauth.Signer, method, path, body string) ([]byte, error) {
	url, err := signer.SignRequest(method, path, nil, []byte(body))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return answer, err
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: request METHOD PATH [BODY]")
	}
	signer, err := pusherauth.NewJSON([]byte(os.Getenv("PUSHER_CONFIG")))
	if err != nil {
		log.Fatalf("PUSHER_CONFIG: %v", err)
	}
	defer signer.Close()
	answer, err := send(signer, os.Args[1], os.Args[2], strings.Join(os.Args[3:], " "))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", answer)
}
