// Command minimal is the smallest complete endpoint: POST /pusher/user-auth for pages of the same
// origin. For CORS, JSONP and CSRF tokens use pusherauth.UserAuthHandler. PUSHER_CONFIG or
// PUSHER_URL describes the app. It listens on 127.0.0.1, port PORT.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// sessionUser is a placeholder: it returns the user of the request's session, or nil.
func sessionUser(r *http.Request) any {
	if cookie, err := r.Cookie("session"); err == nil && cookie.Value == "demo" {
		return pusherauth.UserData{ID: "12345"}
	}
	return nil
}

func main() {
	signer, err := pusherauth.NewFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/pusher/user-auth", func(w http.ResponseWriter, r *http.Request) {
		user := sessionUser(r)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8192))
		if r.Method != http.MethodPost || user == nil || err != nil {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		contentType := r.Header.Get("Content-Type")
		socketID, err := pusherauth.RequestParameter(contentType, string(body), "socket_id")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		response, err := signer.AuthenticateUser(socketID, user)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(response)
	})
	server := &http.Server{
		Addr:        "127.0.0.1:" + os.Getenv("PORT"),
		ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 8192,
	}
	// net/http ends a line of a chunked body at a bare LF, which a server in front may not. With
	// one request for each connection, no part of a body can become the next request.
	server.SetKeepAlivesEnabled(false)
	log.Fatal(server.ListenAndServe())
}
