// Command request sends a request to Pusher's REST API, and prints the status and the response.
//
//	request trigger CHANNEL NAME DATA   triggers an event on a channel
//	request send USER_ID NAME DATA      sends an event to a user
//	request terminate USER_ID           terminates a user's connections
//	request METHOD PATH [BODY]          sends any other request: request GET /channels
//
// PUSHER_URL or PUSHER_CONFIG describes the app. The exit status is 1 if the response is not 2xx.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

var client = &http.Client{Timeout: 10 * time.Second}

// send sends a signed request, and returns the response's status and body.
func send(method, url string, body []byte) (status int, response []byte, err error) {
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	received, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer received.Body.Close()
	response, err = io.ReadAll(received.Body)
	return received.StatusCode, response, err
}

// sign returns the request that the command line describes.
func sign(signer *pusherauth.Signer, args []string) (method, url string, body []byte, err error) {
	method, path := http.MethodPost, "/events"
	switch {
	case len(args) == 4 && args[0] == "trigger":
		body, err = signer.TriggerBody(args[1], args[2], args[3], "")
	case len(args) == 4 && args[0] == "send":
		body, err = signer.SendToUserBody(args[1], args[2], args[3])
	case len(args) == 2 && args[0] == "terminate":
		url, err = signer.TerminateUserConnectionsURL(args[1], time.Now())
		return method, url, []byte("{}"), err
	case len(args) == 3:
		method, path, body = args[0], args[1], []byte(args[2])
	case len(args) == 2:
		method, path = args[0], args[1]
	default:
		err = errors.New("usage: request trigger|send|terminate|METHOD ARGUMENTS")
	}
	if err == nil {
		url, err = signer.RequestURL(method, path, nil, body, time.Now())
	}
	return method, url, body, err
}

func main() {
	log.SetFlags(0)
	signer, err := pusherauth.NewFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()
	method, url, body, err := sign(signer, os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	status, response, err := send(method, url, body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d %s\n%s\n", status, http.StatusText(status), response)
	if status < 200 || status > 299 {
		os.Exit(1)
	}
}
