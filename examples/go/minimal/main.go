// Command minimal is the smallest endpoint that is right: POST /pusher/user-auth. It has no CORS headers and no JSONP, so that only
// pages of its own origin can read the answer; with those you need CSRF tokens too: pusherauth.UserAuthHandler has all. Run it with
// PUSHER_CONFIG and PORT.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// sessionUser is yours: the user of the request's session, nil where nobody is signed in.
func sessionUser(r *http.Request) any {
	if cookie, err := r.Cookie("session"); err == nil && cookie.Value == "demo" {
		return map[string]string{"id": "12345"}
	}
	return nil
}

func main() {
	signer, err := pusherauth.NewJSON([]byte(os.Getenv("PUSHER_CONFIG")))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/pusher/user-auth", func(w http.ResponseWriter, r *http.Request) {
		user := sessionUser(r)
		if r.Method != http.MethodPost || user == nil {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 8192)
		response, err := signer.AuthenticateUser(r.PostFormValue("socket_id"), user)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(response)
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
