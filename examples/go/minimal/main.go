// Command minimal is the smallest complete endpoint: POST /pusher/user-auth for pages of the same
// origin. pusherauth.UserAuthHandler has CSRF tokens, CORS and JSONP too. PUSHER_URL or
// PUSHER_CONFIG describes the app. It listens on 127.0.0.1, port PORT.
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
		if user == nil || err != nil || r.Method != http.MethodPost {
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
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), MaxHeaderBytes: 8192}
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	// In a chunked body, net/http accepts a bare LF as the end of a line. If a proxy does not, a
	// keep-alive connection would let a part of the body become the next request.
	server.SetKeepAlivesEnabled(false)
	log.Fatal(server.ListenAndServe())
}
